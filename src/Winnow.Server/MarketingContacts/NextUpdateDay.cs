using Winnow.Accounts;
using Winnow.MarketingContacts;

namespace Winnow.Server.MarketingContacts;

/// <summary>The account's next update date, read once for a page however many contacts name it.</summary>
public sealed class NextUpdateDay(MarketingPlans plans, CurrentAccount account)
{
    private Task<DateOnly>? read;

    /// <summary>In the account's time zone.</summary>
    public Task<DateOnly> Of() => read ??= Read();

    private async Task<DateOnly> Read() => (await plans.Of(account.Id)).NextUpdate;
}
