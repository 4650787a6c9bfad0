using Winnow.Data;

namespace Winnow.Email;

/// <summary>What happened to one contact through e-mail; the types are HubSpot's (DOMAIN §9.4).</summary>
/// <param name="Reason">Drop reason, bounce category or new status.</param>
/// <param name="Detail">The relay's words.</param>
internal sealed record EmailEvent(string Type, long ContactId, string EmailKey, string? Reason, string? Detail);

/// <summary>Writes e-mail events, the record that timelines and reports read.</summary>
internal static class EmailEvents
{
    private static readonly BulkTable Rows = new("email_events", "account_id", "id", "at", "type", "contact_id", "email_id", "sent_at", "email_key", "reason", "detail");

    /// <summary>Adds the events of one e-mail, all now.</summary>
    public static async Task Add(Tx tx, long accountId, long emailId, TimeProvider clock, IReadOnlyCollection<EmailEvent> events)
    {
        if (events.Count == 0) return;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var id = await Ids.Next(tx, accountId, "email_event", events.Count);
        await tx.Bulk(Rows, events, (row, e) =>
        {
            row.Long(accountId);
            row.Long(id++);
            row.Long(now);
            row.Text(e.Type);
            row.Long(e.ContactId);
            row.Long(emailId);
            row.Long(e.Type == "SENT" ? now : null);
            row.Text(e.EmailKey);
            row.Text(e.Reason);
            row.Text(e.Detail);
        });
    }
}
