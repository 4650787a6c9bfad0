using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Backup;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Email.Bounces.Mailboxes;
using Winnow.Email.Bounces.Webhooks;
using Winnow.Email.Sending;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.MarketingContacts;
using Winnow.Transfer;
using Winnow.Transfer.HubSpot;
using Winnow.Transfer.Passports;
using Winnow.Vitals;

namespace Winnow;

/// <summary>The one registration list of the product. Everything is a singleton: state lives in the database.</summary>
public static class WinnowServices
{
    /// <summary>Registers the product on one database: a PostgreSQL connection string, or <c>Data Source=file</c> for SQLite.</summary>
    public static IServiceCollection AddWinnow(this IServiceCollection services, string connection)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(HubSpotSettings.Usual);
        return services
            .AddSingleton(_ => Db.Open(connection))
            // jobs
            .AddSingleton<JobQueue>().AddSingleton<JobRunner>().AddSingleton<Notifications>().AddSingleton<NotificationWishes>().AddSingleton<Recurring>().AddSingleton<Files>()
            // accounts
            .AddSingleton<AuditLog>().AddSingleton<AccountStore>().AddSingleton<UserStore>().AddSingleton<People>().AddSingleton<Teams>().AddSingleton<MailSettingsStore>().AddSingleton<OneTimeLinks>().AddSingleton<SignInTries>().AddSingleton<Passkeys>().AddSingleton<PrivateApps>().AddKeysInDatabase()
            // contacts
            .AddSingleton<Properties>().AddSingleton<PropertyGroups>().AddSingleton<AddressHashes>().AddSingleton<ContactStore>().AddSingleton<AddressChanges>()
            .AddSingleton<MarketingFuse>().AddSingleton<EditContact>().AddSingleton<AdditionalAddresses>()
            .AddSingleton<ContactWords>().AddSingleton<IFollowContacts>(s => s.GetRequiredService<ContactWords>())
            // lists
            .AddSingleton<ListMembers>().AddSingleton<DeletedMembers>().AddSingleton<ListStore>().AddSingleton<PropertyUsage>().AddSingleton<ContactIndex>().AddSingleton<SavedViews>().AddSingleton<IUseProperties>(s => s.GetRequiredService<SavedViews>()).AddSingleton<IUseLists>(s => s.GetRequiredService<SavedViews>()).AddSingleton<ListUsage>().AddSingleton<DeletedLists>().AddSingleton<ListConversions>().AddSingleton<ListHistory>().AddSingleton<ListFolders>().AddSingleton<CopyList>().AddSingleton<CheckLists>().AddJob<BuildLists>().AddJob<MoveMembers>().AddJob<UndoMove>()
            .AddSingleton<PropertyUses>().AddSingleton<PropertyIndexes>().AddSingleton<FilterFacts>().AddSingleton<FilterPreviews>().AddSingleton<SweepLists>().AddSingleton<ListReasons>().AddSingleton<ListKeeper>().AddSingleton<IFollowContacts>(s => s.GetRequiredService<ListKeeper>())
            .AddSingleton<FrozenSelections>().AddJob<SetProperty>().AddSingleton<MarketingQueue>().AddJob<SetMarketing>().AddJob<UndoEdit>().AddSingleton<Erasure>().AddSingleton<Mentions>().AddJob<EraseContacts>().AddSingleton<RecycleBin>().AddJob<DeleteContacts>().AddJob<RestoreContacts>()
            // marketing contacts
            .AddSingleton<MarketingPlans>().AddSingleton<BillingNews>().AddSingleton<Defaults>().AddSingleton<Approvals>().AddSingleton<WatchTiers>().AddJob<UpdateDate>().AddSingleton<StoppingContacts>().AddSingleton<MarketingSources>().AddSingleton<CostlyContacts>().AddSingleton<MarketingRules>().AddSingleton<IUseLists>(s => s.GetRequiredService<MarketingRules>())
            // e-mail
            .AddSingleton<MailTokens>().AddSingleton<Recipients>().AddSingleton<EmailStore>().AddSingleton<IUseProperties>(s => s.GetRequiredService<EmailStore>()).AddSingleton<IUseLists>(s => s.GetRequiredService<EmailStore>()).AddSingleton<ContactTimeline>().AddSingleton<Audience>().AddSingleton<TestMail>().AddJob<SystemMail>().AddSingleton<Unsubscribe>()
            .AddSingleton<OrderEmail>().AddSingleton<FreezeRecipients>().AddSingleton<OutcomeRecorder>().AddSingleton<Relays>().AddSingleton<DkimKeys>().AddSingleton<SendPace>().AddJob<SendEmail>()
            .AddSingleton<Inbox>().AddSingleton<BouncePolicies>().AddJob<TellSender>().AddSingleton<IntakeSettingsStore>().AddSingleton<ReportMarks>().AddSingleton<UnmatchedReports>().AddSingleton<ForgetEvidence>().AddSingleton<SnsCertificates>().AddSingleton<Webhooks>().AddSingleton<ReportMailboxes>().AddSingleton<FetchReports>().AddSingleton<JudgeReports>().AddSingleton<BounceIntake>().AddSingleton<BounceEvidence>().AddSingleton<DayBudget>().AddSingleton<SecondChancesStore>().AddSingleton<Unbounce>().AddJob<UnbounceContacts>().AddJob<TellIncident>().AddSingleton<Incidents>().AddSingleton<Parole>().AddSingleton<SendingFigures>().AddSingleton<MarkDead>().AddSingleton<RuleRecords>().AddSingleton<BounceTools>().AddJob<CollectHardBounced>()
            // transfer
            .AddSingleton<UploadText>().AddSingleton<Imports>().AddSingleton<MarketingForecast>().AddJob<ImportContacts>().AddJob<ImportOptOuts>().AddJob<UndoImport>().AddSingleton<ExportFiles>().AddJob<ExportContacts>().AddJob<ExportOptOuts>()
            .AddSingleton<PassportKey>().AddSingleton<PassportSigners>().AddSingleton<UploadedPassports>().AddJob<ExportPassport>().AddJob<ImportPassport>()
            .AddSingleton<HubSpotApi>().AddSingleton<MoveIns>().AddSingleton<MoveInReport>().AddSingleton<MoveInProperties>().AddSingleton<MoveInContacts>().AddSingleton<MoveInLists>().AddJob<MoveIn>()
            // backup
            .AddSingleton<WriteArchive>().AddSingleton<RestoreArchive>().AddSingleton<RestoreAccount>()
            // vitals
            .AddSingleton<VitalSigns>()
            .AddSingleton<IEnumerable<RecurringWork>>(Schedule.All);
    }

    private static IServiceCollection AddKeysInDatabase(this IServiceCollection services)
    {
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(s => new ConfigureOptions<KeyManagementOptions>(keys => keys.XmlRepository = new DataProtectionKeys(s.GetRequiredService<Db>())));
        services.AddDataProtection().SetApplicationName("Winnow");
        return services;
    }

    /// <summary>Registers a job under its class name, which is what the jobs table holds.</summary>
    private static IServiceCollection AddJob<TJob>(this IServiceCollection services) where TJob : class, IJob =>
        services.AddSingleton<TJob>().AddKeyedSingleton<IJob>(typeof(TJob).Name, (s, _) => s.GetRequiredService<TJob>());
}
