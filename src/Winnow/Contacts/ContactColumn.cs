using Winnow.Data;

namespace Winnow.Contacts;

/// <summary>How a column of <c>contacts</c> is stored.</summary>
public enum ColumnKind
{
    /// <summary>bigint: counters, ids and instants (Unix milliseconds).</summary>
    Long,
    /// <summary>text.</summary>
    Text,
    /// <summary>boolean, never null.</summary>
    Flag,
}

/// <summary>A typed column of <c>contacts</c>. The list is the one place that names them all, in the order in which rows are
/// read and written; the statements that touch whole contacts are made from it.</summary>
public sealed record ContactColumn(string Name, ColumnKind Kind, int Ordinal)
{
    /// <summary>All but the key (account_id, id) and the JSON of custom values, which come first and last.</summary>
    public static readonly IReadOnlyList<ContactColumn> All =
    [
        .. new (string Name, ColumnKind Kind)[]
        {
            ("version", ColumnKind.Long),
            ("created_at", ColumnKind.Long), ("updated_at", ColumnKind.Long), ("created_by", ColumnKind.Long),
            ("first_send_at", ColumnKind.Long), ("last_send_at", ColumnKind.Long), ("last_open_at", ColumnKind.Long), ("last_click_at", ColumnKind.Long),
            ("emails_delivered", ColumnKind.Long), ("emails_opened", ColumnKind.Long), ("emails_clicked", ColumnKind.Long),
            ("emails_bounced", ColumnKind.Long), ("sends_since_engaged", ColumnKind.Long),
            ("marketing", ColumnKind.Flag), ("until_renewal", ColumnKind.Flag), ("opted_out", ColumnKind.Flag),
            ("reported_spam", ColumnKind.Flag), ("unbounced", ColumnKind.Flag), ("quarantined", ColumnKind.Flag),
            ("hard_bounce_reason", ColumnKind.Text),
            ("email", ColumnKind.Text), ("email_key", ColumnKind.Text), ("firstname", ColumnKind.Text), ("lastname", ColumnKind.Text),
            ("company", ColumnKind.Text), ("jobtitle", ColumnKind.Text), ("city", ColumnKind.Text), ("country", ColumnKind.Text),
            ("lifecycle_stage", ColumnKind.Text), ("marketing_source", ColumnKind.Text), ("marketing_source_id", ColumnKind.Text),
            ("source", ColumnKind.Text), ("source_id", ColumnKind.Text),
        }.Select((c, i) => new ContactColumn(c.Name, c.Kind, i)),
    ];

    private static readonly Dictionary<string, ContactColumn> ByName = All.ToDictionary(c => c.Name);

    /// <summary>The column of this name.</summary>
    public static ContactColumn Of(string name) => ByName[name];

    /// <summary><c>account_id, id, …, custom</c>, each behind the prefix ("c.").</summary>
    public static string List(string prefix = "") => string.Join(", ", Names.Select(n => prefix + n));

    /// <summary>Every column of the table, key and JSON included.</summary>
    public static IEnumerable<string> Names => ["account_id", "id", .. All.Select(c => c.Name), "custom"];

    /// <summary>contacts as the target of bulk inserts; a row is written by <see cref="Contact.Write(BulkRow, Contact)"/>.</summary>
    public static BulkTable Bulk(string table) => new(table, [.. Names]);
}
