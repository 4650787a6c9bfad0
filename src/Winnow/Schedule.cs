using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Email.Bounces.Mailboxes;
using Winnow.Email.Bounces.Webhooks;
using Winnow.Email.Sending;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.MarketingContacts;

namespace Winnow;

/// <summary>All recurring work on one page. Each entry must be safe to run twice and on several processes at once.</summary>
public static class Schedule
{
    /// <summary>What runs again and again, and how often.</summary>
    public static IReadOnlyList<RecurringWork> All(IServiceProvider services) =>
    [
        new("Index contacts for the search box", TimeSpan.FromSeconds(1), services.GetRequiredService<ContactWords>().CatchUp),
        new("Go on sending what waited", TimeSpan.FromSeconds(10), services.GetRequiredService<OrderEmail>().ContinueDue),
        new("Take reports out of mailboxes", TimeSpan.FromSeconds(10), services.GetRequiredService<FetchReports>().Run),
        new("Judge what came back", TimeSpan.FromSeconds(1), services.GetRequiredService<BounceIntake>().Drain),
        new("Fold joins and leaves of lists", TimeSpan.FromSeconds(10), services.GetRequiredService<ListMembers>().FoldAll),
        new("Move contacts whom only the clock moves", TimeSpan.FromSeconds(30), services.GetRequiredService<SweepLists>().Run),
        new("Run the rules that keep marketing contacts low", TimeSpan.FromMinutes(1), services.GetRequiredService<MarketingRules>().RunDue),
        new("Update marketing contacts on their date", TimeSpan.FromSeconds(10), services.GetRequiredService<UpdateDate>().StartDue),
        new("Look after contact tiers", TimeSpan.FromSeconds(10), services.GetRequiredService<WatchTiers>().Run),
        new("Tell who pays what waits for an approval", TimeSpan.FromSeconds(10), services.GetRequiredService<Approvals>().Tell),
        new("Note the figures of marketing contacts", TimeSpan.FromMinutes(15), services.GetRequiredService<WatchTiers>().NoteDays),
        new("Forget one-time links that are long past", TimeSpan.FromHours(1), services.GetRequiredService<OneTimeLinks>().Forget),
        new("Forget passwords tried long ago", TimeSpan.FromHours(1), services.GetRequiredService<SignInTries>().Forget),
        new("Empty the recycle bin of what is past its date", TimeSpan.FromHours(1), services.GetRequiredService<RecycleBin>().Empty),
        new("Write how often properties were asked for", TimeSpan.FromMinutes(1), services.GetRequiredService<PropertyUses>().Write),
        new("Make and drop indexes of properties", TimeSpan.FromMinutes(10), services.GetRequiredService<PropertyIndexes>().Advise),
        new("Remove files past their date", TimeSpan.FromHours(1), services.GetRequiredService<Files>().ExpireOld),
        new("Forget lists deleted long ago", TimeSpan.FromHours(1), services.GetRequiredService<DeletedLists>().Purge),
        new("Make lists static whose time has come", TimeSpan.FromMinutes(5), services.GetRequiredService<ListConversions>().RunDue),
        new("Note the sizes of lists", TimeSpan.FromHours(1), services.GetRequiredService<ListHistory>().NoteSizes),
        new("Forget joins and leaves of long ago", TimeSpan.FromHours(1), services.GetRequiredService<ListHistory>().Forget),
        new("Remove raw reports past their date", TimeSpan.FromHours(1), services.GetRequiredService<ForgetEvidence>().Run),
        new("Forget calls of providers that are too old to come again", TimeSpan.FromHours(1), services.GetRequiredService<Webhooks>().Forget),
        new("See who came back on parole", TimeSpan.FromMinutes(10), services.GetRequiredService<Parole>().Settle),
        new("Forget blocks that were no incident", TimeSpan.FromHours(1), services.GetRequiredService<Incidents>().Forget),
        new("Forget budgets of past days", TimeSpan.FromHours(1), services.GetRequiredService<DayBudget>().Forget),
        new("Forget old notifications", TimeSpan.FromHours(1), services.GetRequiredService<Notifications>().Forget),
    ];
}
