using static Winnow.Contacts.PropertyType;

namespace Winnow.Contacts;

/// <summary>The built-in contact properties, as a table: HubSpot's internal names, labels, types and options. Ids never change:
/// history and lists are stored with them.</summary>
public static class BuiltInProperties
{
    private const string Info = "contactinformation", Mail = "emailinformation";
    private static readonly PropertyOption[] None = [];
    private static readonly PropertyOption[] YesNo = [new("true", "Yes"), new("false", "No")];

    /// <summary>All of them, in the order in which people see them.</summary>
    public static readonly IReadOnlyList<Property> All =
    [
        Text(1, "email", "Email", "email"),
        Text(2, "firstname", "First Name", "firstname"),
        Text(3, "lastname", "Last Name", "lastname"),
        Text(4, "company", "Company Name", "company"),
        Text(5, "jobtitle", "Job Title", "jobtitle"),
        Text(6, "phone", "Phone Number"),
        Text(7, "mobilephone", "Mobile Phone Number"),
        Text(8, "website", "Website URL"),
        Text(9, "address", "Street Address"),
        Text(10, "zip", "Postal Code"),
        Text(11, "city", "City", "city"),
        Text(12, "state", "State/Region"),
        Text(13, "country", "Country/Region", "country"),
        Choice(20, "lifecyclestage", "Lifecycle Stage", Info, "radio", "lifecycle_stage",
            ("subscriber", "Subscriber"), ("lead", "Lead"), ("marketingqualifiedlead", "Marketing Qualified Lead"), ("salesqualifiedlead", "Sales Qualified Lead"),
            ("opportunity", "Opportunity"), ("customer", "Customer"), ("evangelist", "Evangelist"), ("other", "Other")),
        Choice(21, "hs_lead_status", "Lead Status", Info, "radio", null,
            ("NEW", "New"), ("OPEN", "Open"), ("IN_PROGRESS", "In Progress"), ("OPEN_DEAL", "Open Deal"), ("UNQUALIFIED", "Unqualified"),
            ("ATTEMPTED_TO_CONTACT", "Attempted to Contact"), ("CONNECTED", "Connected"), ("BAD_TIMING", "Bad Timing")),
        Choice(22, "hs_legal_basis", "Legal basis for processing contact's data", Info, "checkbox", null,
            Same("Legitimate interest – prospect/lead", "Legitimate interest – existing customer", "Legitimate interest - other",
                "Performance of a contract", "Freely given consent from contact", "Not applicable")),

        Kept(30, "hs_object_id", "Record ID", Number, "number", Info, null, "The number of the contact in this account."),
        Kept(31, "createdate", "Create Date", PropertyType.DateTime, "date", Info, "created_at", "When the contact was created."),
        Kept(32, "lastmodifieddate", "Last Modified Date", PropertyType.DateTime, "date", Info, "updated_at", "When any property of the contact last changed."),
        Kept(33, "hs_object_source", "Record source", PropertyType.String, "text", Info, "source", "What created the contact."),
        Kept(34, "hs_object_source_id", "Record source ID", PropertyType.String, "text", Info, "source_id", "Which import, form or program created the contact."),
        Kept(35, "hs_email_domain", "Email Domain", PropertyType.String, "text", Info, null, "The part of the address after the @."),
        Kept(36, "hs_additional_emails", "Additional email addresses", PropertyType.String, "text", Info, null, "Further addresses, separated by semicolons."),
        Kept(37, "hs_was_imported", "Performed in an import", Bool, "booleancheckbox", Info, null, "Whether an import created or changed the contact."),

        Kept(40, "hs_marketable_status", "Marketing contact status", Enumeration, "booleancheckbox", Info, "marketing",
            "Whether the contact counts toward the contact tier and may get marketing e-mail.", [new("true", "Marketing contact"), new("false", "Non-marketing contact")]),
        Kept(41, "hs_marketable_until_renewal", "Marketing contact until next update", Enumeration, "booleancheckbox", Info, "until_renewal",
            "Yes: the contact becomes non-marketing on the next update date.", YesNo),
        Kept(42, "hs_marketable_reason_type", "Marketing contact status source type", Enumeration, "select", Info, "marketing_source",
            "The type of activity that set the contact as a marketing contact.",
            [new("AD", "Ad"), new("CONTACT_IMPORT", "Contact Import"), new("CONVERSATION", "Conversation"), new("FORM_SUBMISSION", "Form Submission"),
             new("INITIAL_STATE", "Initial State"), new("INTEGRATOR_SET", "Integrator Set"), new("USER_SET", "User Set"), new("WORKFLOW", "Workflow"),
             new("EMAIL", "Email"), new("SAMPLE_CONTACT", "Sample Contact")]),
        Kept(43, "hs_marketable_reason_id", "Marketing contact status source name", PropertyType.String, "text", Info, "marketing_source_id",
            "Which import, form, workflow or user set the contact as a marketing contact."),

        Kept(50, "hs_email_optout", "Unsubscribed from all email", Bool, "booleancheckbox", Mail, "opted_out", "The address has opted out of all marketing e-mail."),
        Kept(51, "hs_email_hard_bounce_reason_enum", "Email hard bounce reason", Enumeration, "radio", Mail, "hard_bounce_reason",
            "The issue that made the address hard bounce. After an unbounce the reason stays here.", HardBounceReasons),
        Kept(52, "hs_email_hard_bounce_reason", "Email hard bounce reason (text)", PropertyType.String, "text", Mail, "hard_bounce_reason", "The older, free-text twin of Email hard bounce reason."),
        Kept(53, "hs_email_bounce", "Marketing emails bounced", Number, "number", Mail, "emails_bounced", "How many marketing e-mails to the present address bounced, hard or soft."),
        Kept(54, "hs_email_bad_address", "Invalid email address", Bool, "booleancheckbox", Mail, null, "The address cannot be a valid one."),
        Kept(55, "hs_email_quarantined", "Email Address Quarantined", Bool, "booleancheckbox", Mail, "quarantined", "The address is set aside; marketing e-mail to it is blocked."),
        Kept(56, "hs_email_delivered", "Marketing emails delivered", Number, "number", Mail, "emails_delivered", "How many marketing e-mails were delivered to the present address."),
        Kept(57, "hs_email_open", "Marketing emails opened", Number, "number", Mail, "emails_opened", "How many marketing e-mails were opened."),
        Kept(58, "hs_email_click", "Marketing emails clicked", Number, "number", Mail, "emails_clicked", "How many marketing e-mails were clicked."),
        Kept(59, "hs_email_sends_since_last_engagement", "Sends Since Last Engagement", Number, "number", Mail, "sends_since_engaged", "Marketing e-mails sent since the last open or click."),
        Kept(60, "hs_email_first_send_date", "First marketing email send date", PropertyType.DateTime, "date", Mail, "first_send_at", "The first delivery of a marketing e-mail."),
        Kept(61, "hs_email_last_send_date", "Last marketing email send date", PropertyType.DateTime, "date", Mail, "last_send_at", "The latest delivery of a marketing e-mail."),
        Kept(62, "hs_email_last_open_date", "Last marketing email open date", PropertyType.DateTime, "date", Mail, "last_open_at", "The latest open."),
        Kept(63, "hs_email_last_click_date", "Last marketing email click date", PropertyType.DateTime, "date", Mail, "last_click_at", "The latest click."),
        Kept(64, "hs_email_last_email_name", "Last marketing email name", PropertyType.String, "text", Mail, null, "The name of the last marketing e-mail sent."),
        Kept(65, "hs_email_is_ineligible", "Is globally ineligible", Bool, "booleancheckbox", Mail, null, "The address is blocked for the whole installation."),
        Kept(66, "winnow_spam_report", "Marked an email as spam", Bool, "booleancheckbox", Mail, "reported_spam", "Someone at this address reported one of your e-mails as spam."),
        Kept(67, "winnow_unbounced", "Unbounced", Bool, "booleancheckbox", Mail, "unbounced", "The hard bounce was lifted: the address may be mailed again."),
        Choice(68, "hs_emailconfirmationstatus", "Marketing email confirmation status", Mail, "select", null,
            Same("Confirmed", "Confirmation Pending", "Confirmation Email Sent", "User clicked confirmation", "HubSpot Rep. marked confirmed",
                "Customer marked confirmed", "Confirmed from previous behavior", "Confirmed due to form")) with { ReadOnly = true },
    ];

    private static readonly Dictionary<string, Property> ByName = All.ToDictionary(p => p.Name);

    /// <summary>The six values of Email hard bounce reason.</summary>
    public static IReadOnlyList<PropertyOption> HardBounceReasons =>
    [
        new("CONTENT", "Content"), new("MAILBOX_FULL", "Mailbox full"), new("OTHER", "Other"),
        new("POLICY", "Policy"), new("SPAM", "Spam"), new("UNKNOWN_USER", "Unknown user"),
    ];

    /// <summary>The built-in property of this name.</summary>
    public static Property Of(string name) => ByName[name];

    private static Property Text(long id, string name, string label, string? column = null) =>
        new(id, name, label, PropertyType.String, "text", Info, "", None, column is null ? null : ContactColumn.Of(column));

    private static Property Choice(long id, string name, string label, string group, string field, string? column, params (string Value, string Label)[] options) =>
        new(id, name, label, Enumeration, field, group, "", [.. options.Select(o => new PropertyOption(o.Value, o.Label))], column is null ? null : ContactColumn.Of(column));

    /// <summary>A property that Winnow itself keeps and nobody else writes.</summary>
    private static Property Kept(long id, string name, string label, PropertyType type, string field, string group, string? column, string description, IReadOnlyList<PropertyOption>? options = null) =>
        new(id, name, label, type, field, group, description, options ?? None, column is null ? null : ContactColumn.Of(column), ReadOnly: true);

    private static (string, string)[] Same(params string[] values) => [.. values.Select(v => (v, v))];
}
