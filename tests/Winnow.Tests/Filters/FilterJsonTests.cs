using System.Text.Json.Nodes;
using Winnow.Contacts;
using Winnow.Filters;

namespace Winnow.Tests;

public sealed class FilterJsonTests
{
    private static readonly PropertyCatalog Catalog = new([new(1001, "shoe_size", "Shoe size", PropertyType.Number, "number", "contactinformation", "", [])]);

    private const string Known = """{"filterType":"PROPERTY","property":"hs_email_hard_bounce_reason_enum","operation":{"operationType":"ALL_PROPERTY","operator":"IS_KNOWN"}}""";

    [Fact]
    public void The_list_of_the_article_is_read_said_and_written_in_full()
    {
        var filter = Read(And("""
            {"filterType":"PROPERTY","property":"hs_email_hard_bounce_reason_enum","operation":{"operationType":"enumeration","operator":"IS_ANY_OF","values":["UNKNOWN_USER","POLICY"]}}
            """));
        Assert.Equal("Email hard bounce reason is any of Unknown user or Policy", FilterText.English.Of(filter));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(FilterJson.Write(filter)), JsonNode.Parse("""
            {"filterBranchType":"OR","filterBranchOperator":"OR","filters":[],"filterBranches":[{
              "filterBranchType":"AND","filterBranchOperator":"AND","filterBranches":[],"filters":[
                {"filterType":"PROPERTY","property":"hs_email_hard_bounce_reason_enum",
                 "operation":{"operationType":"ENUMERATION","operator":"IS_ANY_OF","values":["UNKNOWN_USER","POLICY"],"includeObjectsWithNoValueSet":false}}]}]}
            """)));
    }

    [Theory]
    [InlineData("""{"operationType":"ALL_PROPERTY","operator":"IS_KNOWN"}""", "hs_email_optout", "Unsubscribed from all email is known")]
    [InlineData("""{"operationType":"alltypes","operator":"IS_NOT_KNOWN"}""", "firstname", "First Name is unknown")]
    [InlineData("""{"operationType":"ALL_PROPERTY","operator":"IS_NOT_BLANK"}""", "firstname", "First Name is known")]
    [InlineData("""{"operationType":"BOOL","operator":"IS_EQUAL_TO","value":true}""", "hs_email_optout", "Unsubscribed from all email is Yes")]
    [InlineData("""{"operationType":"bool","operator":"IS_NOT_EQUAL_TO","value":"true"}""", "hs_marketable_status", "Marketing contact status is not Marketing contact")]
    [InlineData("""{"operationType":"ENUMERATION","operator":"IS_NONE_OF","values":["true"],"includeObjectsWithNoValueSet":true}""", "hs_marketable_until_renewal", "Marketing contact until next update is none of Yes or is unknown")]
    [InlineData("""{"operationType":"multistring","operator":"IS_EQUAL_TO","values":["Utrecht","Den Haag","Ede"]}""", "city", "City is equal to Utrecht, Den Haag or Ede")]
    [InlineData("""{"operationType":"NUMBER","operator":"IS_NOT_EQUAL_TO","value":"38.5"}""", "shoe_size", "Shoe size is not equal to 38.5")]
    [InlineData("""{"operationType":"NUMBER","operator":"IS_GREATER_THAN_OR_EQUAL_TO","value":1000}""", "shoe_size", "Shoe size is at least 1,000")]
    [InlineData("""{"operationType":"number-ranged","operator":"IS_NOT_BETWEEN","lowerBound":36,"upperBound":"40.5"}""", "shoe_size", "Shoe size is not between 36 and 40.5")]
    [InlineData("""{"operationType":"STRING","operator":"CONTAINS","value":"dam"}""", "city", "City contains dam")]
    [InlineData("""{"operationType":"MULTISTRING","operator":"STARTS_WITH","values":["Den ","'s-"]}""", "city", "City starts with Den  or 's-")]
    [InlineData("""{"operationType":"ENUMERATION","operator":"CONTAINS_ALL","values":["NEW","OPEN"]}""", "hs_lead_status", "Lead Status has all of New and Open")]
    [InlineData("""{"operationType":"datetime-ranged","operator":"IS_BETWEEN","lowerBound":1782777600000,"upperBound":1782864000000}""", "createdate", "Create Date is between 30 June 2026 and 1 July 2026")]
    [InlineData("""{"operationType":"TIME_RANGED","operator":"IS_BETWEEN","lowerBoundTimePoint":{"timeType":"DATE","zoneId":"UTC","year":2026,"month":1,"day":1},"upperBoundTimePoint":{"timeType":"DATE","zoneId":"UTC","year":2026,"month":1,"day":31}}""", "createdate", "Create Date is between 1 January 2026 and 31 January 2026")]
    [InlineData("""{"operationType":"datetime-comparative","operator":"IS_BEFORE","comparisonPropertyName":"lastmodifieddate"}""", "createdate", "Create Date is earlier than Last Modified Date")]
    [InlineData("""{"operationType":"string-comparative","operator":"IS_EQUAL_TO","comparisonPropertyName":"lastname"}""", "firstname", "First Name is the same as Last Name")]
    [InlineData("""{"operationType":"DATETIME","operator":"IS_EQUAL_TO","timestamp":1782777600000,"requiresTimeZoneConversion":true}""", "createdate", "Create Date is on 30 June 2026")]
    [InlineData("""{"operationType":"TIME_POINT","operator":"IS_BEFORE","timePoint":{"timeType":"DATE","zoneId":"Europe/Amsterdam","year":2026,"month":3,"day":29},"endpointBehavior":"EXCLUSIVE"}""", "createdate", "Create Date is before 29 March 2026")]
    [InlineData("""{"operationType":"datetime-rolling","operator":"IS_LESS_THAN_X_DAYS_AGO","numberOfDays":30}""", "createdate", "Create Date is less than 30 days ago")]
    [InlineData("""{"operationType":"CALENDAR_DATE","operator":"IN_THIS_TIME_UNIT","timeUnit":"QUARTER"}""", "createdate", "Create Date is in all of this quarter")]
    [InlineData("""{"operationType":"CALENDAR_DATE","operator":"IN_LAST_TIME_UNIT","timeUnit":"WEEK","timeUnitCount":2}""", "createdate", "Create Date is in the previous 2 weeks")]
    [InlineData("""{"operationType":"TIME_RANGED","operator":"IS_BETWEEN","lowerBoundTimePoint":{"timeType":"INDEXED","zoneId":"Europe/Amsterdam","indexReference":{"referenceType":"TODAY"},"offset":{"days":-3}},"upperBoundTimePoint":{"timeType":"INDEXED","zoneId":"Europe/Amsterdam","indexReference":{"referenceType":"NOW"}}}""", "createdate", "Create Date is between 3 days before today and this moment")]
    [InlineData("""{"operationType":"STRING","operator":"HAS_EVER_CONTAINED","value":"dam"}""", "city", "City has ever contained dam")]
    [InlineData("""{"operationType":"rolling-property-updated","operator":"NOT_UPDATED_IN_LAST_X_DAYS","numberOfDays":7}""", "city", "City was not updated in the last 7 days")]
    public void Each_operator_is_read_in_the_spellings_that_clients_use(string operation, string property, string text) =>
        Assert.Equal(text, FilterText.English.Of(Read(And($$"""{"filterType":"PROPERTY","property":"{{property}}","operation":{{operation}}}"""))));

    [Theory]
    [InlineData("""{"filterType":"IN_LIST","listId":"3","operator":"NOT_IN_LIST"}""", "is not in the list Customers")]
    [InlineData("""{"filterType":"EMAIL_EVENT","operator":"RECEIVED_BUT_NOT_OPENED","emailId":"7"}""", "received the e-mail June news but did not open it")]
    [InlineData("""{"filterType":"EMAIL_EVENT","operator":"BOUNCED","pruningRefineBy":{"type":"RELATIVE_COMPARATIVE","comparison":"AFTER","timeOffset":{"amount":30,"offsetDirection":"PAST","timeUnit":"DAYS"}}}""", "bounced any e-mail after 30 days before today")]
    [InlineData("""{"filterType":"EMAIL_EVENT","operator":"OPENED","coalescingRefineBy":{"type":"NUM_OCCURRENCES","minOccurrences":3}}""", "opened any e-mail, at least 3 times")]
    [InlineData("""{"filterType":"EMAIL_SUBSCRIPTION","subscriptionType":"SPAMREPORT","acceptedStatuses":["OPT_OUT"],"subscriptionIds":[]}""", "marked an e-mail as spam")]
    [InlineData("""{"filterType":"COMMUNICATION_SUBSCRIPTION","channel":"EMAIL","subscriptionType":"PORTAL_WIDE","acceptedOptStates":["OPT_IN"]}""", "did not unsubscribe from all e-mail")]
    [InlineData("""{"filterType":"CONSTANT","shouldAccept":false}""", "nobody")]
    public void Conditions_on_lists_e_mails_and_the_subscription_are_read_written_and_said(string condition, string text)
    {
        var filter = Read(And(condition));
        var names = new FilterNames(new Dictionary<long, string> { [3] = "Customers" }, new Dictionary<long, string> { [7] = "June news" });
        Assert.Equal(text, new FilterText(word => word, System.Globalization.CultureInfo.InvariantCulture, names).Of(filter));
        Assert.Equal(FilterJson.Write(filter), FilterJson.Write(Read(FilterJson.Write(filter))));
        Assert.Equal(FilterJson.Write(filter), FilterJson.Write(new Filter([new([FilterWish.Of(filter.All.Single()).Read(Catalog, TimeZoneInfo.Utc).Filter!])])));      // as a form carries it
    }

    [Fact]
    public void A_day_of_a_date_time_is_a_day_in_the_account_s_time_zone()
    {
        var span = (Span)Read(And("""{"filterType":"PROPERTY","property":"createdate","operation":{"operationType":"DATETIME","operator":"IS_EQUAL_TO","timestamp":1774742400000,"requiresTimeZoneConversion":true}}""")).All.OfType<PropertyFilter>().Single().Operand;
        Assert.Equal((new DateTimeOffset(2026, 3, 28, 23, 0, 0, default).ToUnixTimeMilliseconds(), 23 * 3_600_000L), (span.From, span.To - span.From));     // 29 March 2026: clocks go forward
    }

    [Theory]
    [InlineData("""{"filterBranchType":"AND","filters":[]}""", "filterBranchType: the root must be an OR branch")]
    [InlineData("""{"filterBranchType":"OR","filters":[1]}""", "filters: the root holds only branches")]
    [InlineData("""{"filterBranchType":"OR"}""", "filterBranches: give at least one AND branch")]
    [InlineData("""{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND"}]}""", "filterBranches[0].filters: give at least one filter")]
    [InlineData("""{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"OR"}]}""", "filterBranches[0].filterBranchType: below the root")]
    [InlineData("nonsense", "The filter is not JSON")]
    [InlineData("[1]", "filterBranchType: the root must be")]
    public void A_malformed_tree_is_refused_with_its_place(string json, string error) =>
        Assert.StartsWith(error, FilterJson.Read(json, Catalog, TimeZoneInfo.Utc).Error);

    [Theory]
    [InlineData("""{"filterType":"PAGE_VIEW"}""", "filterBranches[0].filters[1].filterType: PAGE_VIEW is not supported; use PROPERTY, IN_LIST")]
    [InlineData("""{"filterType":"IN_LIST","listId":"three"}""", "filterBranches[0].filters[1]: listId: give the id of a list")]
    [InlineData("""{"filterType":"IN_LIST","listId":"3","metadata":{"inListType":"IMPORT"}}""", "filterBranches[0].filters[1]: metadata.inListType: is not supported")]
    [InlineData("""{"filterType":"EMAIL_EVENT","operator":"READ"}""", "filterBranches[0].filters[1]: operator: use one of SENT, RECEIVED")]
    [InlineData("""{"filterType":"EMAIL_EVENT","operator":"OPENED","pruningRefineBy":{"type":"NUM_OCCURRENCES"}}""", "filterBranches[0].filters[1]: pruningRefineBy.type: use ABSOLUTE_COMPARATIVE")]
    [InlineData("""{"filterType":"EMAIL_EVENT","operator":"OPENED","pruningRefineBy":{"type":"ABSOLUTE_COMPARATIVE","comparison":"AFTER","timestamp":0},"coalescingRefineBy":{"type":"NUM_OCCURRENCES","minOccurrences":1}}""", "filterBranches[0].filters[1]: pruningRefineBy: give one refinement")]
    [InlineData("""{"filterType":"EMAIL_SUBSCRIPTION","subscriptionType":"BRAND","acceptedStatuses":["OPT_OUT"]}""", "filterBranches[0].filters[1]: subscriptionType: use PORTAL, HARDBOUNCE or SPAMREPORT")]
    [InlineData("""{"filterType":"PROPERTY","property":"createdate","operation":{"operationType":"ROLLING_DATE_RANGE","operator":"IS_LESS_THAN_X_DAYS_AGO","numberOfDays":-1}}""", "filterBranches[0].filters[1].operation: numberOfDays: give a whole number")]
    [InlineData("""{"filterType":"PROPERTY","property":"createdate","operation":{"operationType":"CALENDAR_DATE","operator":"IN_THIS_TIME_UNIT","timeUnit":"CENTURY"}}""", "filterBranches[0].filters[1].operation: timeUnit: use one of DAY")]
    [InlineData("""{"filterType":"PROPERTY","property":"hs_email_delivered","operation":{"operationType":"NUMBER","operator":"HAS_EVER_BEEN_EQUAL_TO","value":1}}""", "filterBranches[0].filters[1].operation: NUMBER HAS_EVER_BEEN_EQUAL_TO is not supported for hs_email_delivered")]
    [InlineData("""{"filterType":"PROPERTY","property":"shoe"}""", "filterBranches[0].filters[1].property: there is no contact property \"shoe\"")]
    [InlineData("""{"filterType":"PROPERTY","property":"city"}""", "filterBranches[0].filters[1].operation: give an operation")]
    [InlineData("""{"filterType":"PROPERTY","property":"city","operation":{"operationType":"NUMBER","operator":"IS_EQUAL_TO","value":1}}""", "filterBranches[0].filters[1].operation: NUMBER IS_EQUAL_TO is not supported for city (String); use one of ALL_PROPERTY IS_KNOWN")]
    [InlineData("""{"filterType":"PROPERTY","property":"city","operation":{"operationType":"STRING","operator":"SOUNDS_LIKE","value":"x"}}""", "filterBranches[0].filters[1].operation: STRING SOUNDS_LIKE is not supported")]
    [InlineData("""{"filterType":"PROPERTY","property":"hs_lead_status","operation":{"operationType":"ENUMERATION","operator":"IS_ANY_OF","values":[]}}""", "filterBranches[0].filters[1].operation.values: give 1 to 1000 texts")]
    [InlineData("""{"filterType":"PROPERTY","property":"shoe_size","operation":{"operationType":"NUMBER_RANGED","operator":"IS_BETWEEN","lowerBound":5,"upperBound":4}}""", "filterBranches[0].filters[1].operation.lowerBound: must not be above upperBound")]
    [InlineData("""{"filterType":"PROPERTY","property":"createdate","operation":{"operationType":"COMPARATIVE_DATE","operator":"IS_BEFORE","comparisonPropertyName":"city"}}""", "filterBranches[0].filters[1].operation.comparisonPropertyName: give the internal name")]
    [InlineData("""{"filterType":"PROPERTY","property":"createdate","operation":{"operationType":"COMPARATIVE_DATE","operator":"IS_BEFORE","comparisonPropertyName":"lastmodifieddate","defaultComparisonValue":"1"}}""", "filterBranches[0].filters[1].operation.defaultComparisonValue: is not supported")]
    [InlineData("""{"filterType":"PROPERTY","property":"createdate","operation":{"operationType":"TIME_POINT","operator":"IS_AFTER","timePoint":{"timeType":"INDEXED","zoneId":"UTC"}}}""", "filterBranches[0].filters[1].operation: timePoint.indexReference: give a reference")]
    public void What_is_not_supported_is_refused_with_its_place_and_never_silently_true(string filter, string error) =>
        Assert.StartsWith(error, FilterJson.Read(And(Known + "," + filter), Catalog, TimeZoneInfo.Utc).Error);

    [Fact]
    public void Size_and_depth_have_limits()
    {
        Assert.Contains("at most 250 filters", FilterJson.Read(And(string.Join(',', Enumerable.Repeat(Known, 251))), Catalog, TimeZoneInfo.Utc).Error);
        Assert.Contains("not JSON", FilterJson.Read(new string('[', 100_000), Catalog, TimeZoneInfo.Utc).Error);
        Assert.Contains("longer than", FilterJson.Read(new string(' ', FilterJson.MaxLength + 1), Catalog, TimeZoneInfo.Utc).Error);
    }

    private static string And(string filters) => $$"""{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filters":[{{filters}}]}]}""";

    private static Filter Read(string json)
    {
        var (filter, error) = FilterJson.Read(json, Catalog, TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam"));
        Assert.Null(error);
        return filter!;
    }
}
