using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Server.Roles;
using Winnow.Server.Transfer;
using Winnow.Server.Ui;

namespace Winnow.Server.Commands;

/// <summary>The installation that a command works on: the product on its database, beside a running server or alone.</summary>
public sealed class Installation : IAsyncDisposable
{
    /// <summary>How long a running server has to take the job up before the command does it itself.</summary>
    private static readonly TimeSpan ServersTurn = TimeSpan.FromSeconds(1.2), Glance = TimeSpan.FromMilliseconds(150);
    private static readonly Statement Accounts = Statement.Built("accounts", "select account_id as id, name, time_zone, language, currency from accounts where account_id > 0 order by account_id");
    private readonly WebApplication app;

    private Installation(WebApplication app) => this.app = app;

    /// <summary>The database.</summary>
    public Db Db => Get<Db>();

    /// <summary>Opens it, its schema brought up to date.</summary>
    /// <param name="database">As for the server; null for its setting.</param>
    public static async Task<Installation> Open(string? database)
    {
        string[] args = ["--roles=worker", "--Logging:LogLevel:Default=Error", "--Logging:Console:LogToStandardErrorThreshold=Trace"];      // built, not started
        return new(await WinnowServer.Build(database is null ? args : [.. args, $"--database={database}"]));
    }

    /// <summary>A part of the product.</summary>
    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>All accounts, in the order they were made.</summary>
    public Task<List<Account>> All() => Db.Read(tx => tx.Query<Account>(Accounts));

    /// <summary>The account that is meant.</summary>
    /// <param name="wish">Its name or number; null where there is only one.</param>
    public async Task<Account> Account(string? wish)
    {
        var all = await All();
        if (all.Count == 0) throw new CommandException("There is no account in this database. Name another one with --database, or set Winnow up in the browser first.");
        var meant = wish is null ? all : all.FindAll(a => $"{a.Id}" == wish || string.Equals(a.Name, wish, StringComparison.OrdinalIgnoreCase));
        return meant.Count == 1 ? meant[0]
            : throw new CommandException($"{(meant.Count == 0 ? $"There is no account '{wish}'." : "It must be clear which account is meant.")} Give --account one of: {string.Join(", ", all.Select(a => $"{a.Id} ({a.Name})"))}.");
    }

    /// <summary>As whom the command acts: a member of the account who may do this, or, when nobody is named, the operator of the installation.</summary>
    public async Task<SignedInPerson?> Person(Account account, string? email, params Permission[] needed)
    {
        if (email is null) return null;
        var member = (await Get<People>().All(account.Id)).Find(m => m.IsActive && string.Equals(m.Email, email.Trim(), StringComparison.OrdinalIgnoreCase))
            ?? throw new CommandException($"Nobody with the address {email} can sign in to {account.Name}. Name a member with --as, or leave it out to act as operator.");
        foreach (var permission in needed)
            if (!member.May.Has(permission)) throw new CommandException($"{member.Name} has not the permission '{PermissionWords.Of(permission).Label}'. Name somebody else with --as, or leave it out to act as operator.");
        return await Get<AccountStore>().Person(account.Id, member.UserId);
    }

    /// <summary>Why rows are rejected, in the language of the member, or of the account.</summary>
    public IReadOnlyDictionary<string, string>? Rejections(Account account, SignedInPerson? person) => Speak.In(person?.Language ?? account.Language, Get<IStringLocalizer<Words>>().OfRejections);

    /// <summary>Sees a job to its end. A running server takes it up; when none does, or it dies, the job is done here. Killed anywhere it goes on with the next
    /// server. Cancelled, it is asked to stop after its present step.</summary>
    public async Task<Job> Finish(long accountId, long jobId, Terminal terminal, string things, CancellationToken stop)
    {
        var (queue, clock, here, asked, from, told) = (Get<JobQueue>(), Get<TimeProvider>(), Task.FromResult(false), false, 0L, (string?)null);
        for (var tried = from = clock.GetTimestamp(); ;)
        {
            var job = (await queue.Find(accountId, jobId))!;
            await terminal.Show(job.Done, job.Total, things);
            if (!job.IsOpen) return job;
            if ((job.Error ?? here.Exception?.InnerException?.Message) is { } trouble && trouble != told) await terminal.Say(told = trouble);
            if (here.IsCompleted && clock.GetElapsedTime(tried) >= ServersTurn)
                (here, tried) = (Get<JobRunner>().RunJob(accountId, jobId, CancellationToken.None), clock.GetTimestamp());
            if (stop.IsCancellationRequested && !asked)
            {
                asked = true;
                await queue.Cancel(accountId, jobId);
                await terminal.Say("Stopping after the present step …");
            }
            await Task.WhenAny(here.IsCompleted ? Task.Delay(Glance, clock, CancellationToken.None) : here, Task.Delay(Glance, clock, CancellationToken.None));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();
}
