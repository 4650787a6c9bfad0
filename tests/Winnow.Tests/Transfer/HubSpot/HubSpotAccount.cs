namespace Winnow.Tests;

/// <summary>What lies in the account of HubSpot that tests move in from: 260 contacts and something of each kind, also of what does not fit.</summary>
internal static class HubSpotAccount
{
    public const int People = 260;
    private const string Old = "2025-01-01T00:00:00.000Z";

    public static void Fill(HubSpotStandIn there)
    {
        there.Property("email", "Email", "string", "text", "contactinformation", own: false);
        there.Property("firstname", "First Name", "string", "text", "contactinformation", own: false);
        there.Property("city", "City", "string", "text", "contactinformation", own: false);
        there.Property("lifecyclestage", "Lifecycle Stage", "enumeration", "radio", "contactinformation", own: false, options: ["lead=Lead", "customer=Customer"]);
        there.Property("fax", "Fax Number", "string", "text", "contactinformation", own: false);                // nobody has one
        there.Property("salutation", "Salutation", "string", "text", "contactinformation", own: false);
        there.Property("hs_email_optout", "Unsubscribed from all email", "bool", "booleancheckbox", "emailinformation", own: false);
        there.Property("hs_language", "Preferred language", "enumeration", "select", "contactinformation", own: false, options: ["nl=Dutch"]);
        there.Property("crops", "Crops", "enumeration", "checkbox", options: ["tomato=Tomatoes", "pepper=Peppers"]);
        there.Property("hectares", "Hectares", "number", "number");
        there.Property("visited", "Visited us", "datetime", "date");
        there.Property("where", "Where", "object_coordinates", "text");
        there.Property("score", "Our score", "number", "calculation_equation", calculated: true);
        there.Subscriptions.Add(new System.Text.Json.Nodes.JsonObject { ["id"] = "77", ["name"] = "Newsletter" });
        for (var i = 1; i <= People; i++) there.Contact(1000 + i, Old, $"email=p{i}@example.test", $"firstname=P{i}", "lifecyclestage=lead", "crops=tomato;pepper", $"hectares={i}.5");
        there.Contact(1001, Old, "email=ann@example.test", "firstname=Ann", "city=Ede", "salutation=Dr", "hs_language=nl", "hs_additional_emails=a.bakker@example.test;nonsense", "hs_marketable_status=true", "hs_marketable_until_renewal=false", "visited=2024-05-06T10:11:12.000Z", "hectares=2");
        there.Contact(1002, Old, "email=out@example.test", "hs_email_optout=true", "hectares=many");
        there.Contact(1003, Old, "email=news@example.test", "hs_email_optout_77=true", "hs_marketable_status=true", "hs_marketable_until_renewal=true");
        there.Contact(1004, Old, "email=dead@example.test", "hs_email_hard_bounce_reason_enum=MAILBOX_FULL");
        there.Contact(1005, Old, "hectares=1");
        there.List(11, "Of the fair", "MANUAL", null, [.. Enumerable.Range(1001, People).Select(i => (long)i)]);
        there.List(12, "Of both", "DYNAMIC", Filter("""{"filterType":"IN_LIST","listId":"13","operator":"IN_LIST"}"""), 1001);
        there.List(13, "In Ede", "DYNAMIC", Filter("""{"filterType":"PROPERTY","property":"city","operation":{"operationType":"MULTISTRING","operator":"IS_EQUAL_TO","values":["Ede"]}}"""), 1001);
        there.List(14, "Filled in the form", "DYNAMIC", Filter("""{"filterType":"FORM_SUBMISSION","formId":"9","operator":"FILLED_OUT"}"""), 1002, 1003, 1005);
    }

    private static string Filter(string filter) => $$"""{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filterBranches":[],"filters":[{{filter}}]}],"filters":[]}""";
}
