using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Winnow.Audit;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Transfer.HubSpot;

/// <summary>An account of HubSpot from which this account moves in.</summary>
/// <param name="PortalId">HubSpot's number of it.</param>
/// <param name="HasToken">Whether a token is kept.</param>
/// <param name="BroughtJson">What the last whole run brought, as JSON; null: there was none.</param>
/// <param name="Until">HubSpot's changes up to here are here.</param>
/// <param name="JobId">The latest run.</param>
public sealed record MoveInSource(long AccountId, long Id, long PortalId, bool HasToken, string? BroughtJson, DateTimeOffset? Until, long? JobId, DateTimeOffset CreatedAt)
{
    /// <summary>What the last whole run brought.</summary>
    public MoveInOrder? Brought => BroughtJson is null ? null : JsonSerializer.Deserialize<MoveInOrder>(BroughtJson, JobQueue.Json);

    /// <summary>Since when HubSpot's changes are asked for; null: everything is.</summary>
    internal DateTimeOffset? SinceFor(MoveInOrder order) => !order.Again && Brought is { } brought && order.IsWithin(brought) ? Until : null;
}

/// <summary>The accounts of HubSpot from which people move in, and their tokens: these lie encrypted in the database, are shown to nobody, and are forgotten when somebody says so.</summary>
public sealed class MoveIns(Db db, IDataProtectionProvider protection, HubSpotApi api, JobQueue jobs, TimeProvider clock)
{
    private const int LongestToken = 500;

    /// <summary>HubSpot's search lags behind what it stores: changes of this time before a run are asked for again.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);
    private static readonly SqlFile Sql = SqlFile.Beside<MoveIns>();
    private readonly IDataProtector protector = protection.CreateProtector("Winnow.HubSpotToken");

    /// <summary>The account of HubSpot, or null when there is none of this id here.</summary>
    public Task<MoveInSource?> Find(long accountId, long id) => db.Read(tx => tx.SingleOrNone<MoveInSource>(Sql["find"], new { accountId, id }));

    /// <summary>All of them.</summary>
    public Task<List<MoveInSource>> All(long accountId) => db.Read(tx => tx.Query<MoveInSource>(Sql["all"], new { accountId }));

    /// <summary>Asks HubSpot whose token it is, and keeps it.</summary>
    /// <returns>The id of that account of HubSpot here, or what is wrong, as a sentence.</returns>
    public async Task<(long? Id, string? Error)> Meet(long accountId, string? token, long? userId, CancellationToken stop)
    {
        token = token?.Trim() ?? "";
        if (token.Length is 0 or > LongestToken || token.Any(c => c is <= ' ' or > '~')) return (null, MoveInWords.NoToken);
        long portal;
        try { portal = await new HubSpotPortal(api, token).Number(stop); }
        catch (HubSpotException e) { return (null, e.Message); }
        var secret = protector.Protect(token);
        return (await db.Write(async tx =>
        {
            await tx.Execute(Sql["meet"], new { accountId, id = await Ids.Next(tx, accountId, "move_in"), portal, token = secret, userId, now = clock.GetUtcNow() });
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.HubSpotTokenKept, $"HubSpot {portal}");
            return await tx.Single<long>(Sql["of-portal"], new { accountId, portal });
        }, stop), null);
    }

    /// <summary>Forgets a token.</summary>
    public Task Forget(long accountId, long id, long? userId) => db.Write(async tx =>
    {
        if (await tx.Execute(Sql["forget"], new { accountId, id }) == 1 && await tx.SingleOrNone<MoveInSource>(Sql["find"], new { accountId, id }) is { } source)
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.HubSpotTokenForgotten, $"HubSpot {source.PortalId}");
    });

    /// <summary>A way to ask that account; null when no token is kept, or its key was lost.</summary>
    public async Task<HubSpotPortal?> Portal(long accountId, long id)
    {
        try { return await db.Read(tx => tx.SingleOrNone<string>(Sql["token"], new { accountId, id })) is { } secret ? new(api, protector.Unprotect(secret)) : null; }
        catch (CryptographicException) { return null; }
    }

    /// <summary>Starts a run. While one is open there is no second.</summary>
    /// <returns>The job's id, or what is wrong, as a sentence.</returns>
    public Task<(long? JobId, string? Error)> Start(long accountId, long id, MoveInOrder order, long? userId, CancellationToken stop) => db.Write<(long?, string?)>(async tx =>
    {
        if (await tx.SingleOrNone<MoveInSource>(Sql["lock"], new { accountId, id }) is not { } source) return (null, MoveInWords.Gone);
        if (!source.HasToken) return (null, MoveInWords.Forgotten);
        if (source.JobId is { } last && await tx.Single<long>(Sql["is-open"], new { accountId, jobId = last }) > 0) return (last, null);
        var state = new MoveInState(id, order, source.SinceFor(order), clock.GetUtcNow() - Overlap);
        var jobId = await jobs.Enqueue<MoveIn>(tx, accountId, $"Move in from HubSpot {source.PortalId}", state, 0, userId);
        await tx.Execute(Sql["start"], new { accountId, id, jobId });
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.MovedInFromHubSpot, $"HubSpot {source.PortalId}", null, null, Words(order, state.Since));
        return (jobId, null);
    }, stop);

    /// <summary>Remembers up to where HubSpot's changes are here.</summary>
    internal static Task Brought(Tx tx, long accountId, MoveInState state) =>
        tx.Execute(Sql["brought"], new { accountId, id = state.MoveInId, until = state.Started, brought = JsonSerializer.Serialize(state.Order with { Again = false }, JobQueue.Json) });

    /// <summary>Which of our records these of HubSpot became.</summary>
    internal static async Task<Dictionary<long, long>> Records(Tx tx, MoveInSource source, string kind, IReadOnlyCollection<long>? ids = null) =>
        (await tx.Query<(long There, long Here)>(ids is null ? Sql["all-records"] : Sql["records"], new { source.AccountId, accountId = source.AccountId, portal = source.PortalId, kind, ids = (ids ?? []).ToArray() })).ToDictionary(r => r.There, r => r.Here);

    /// <summary>Remembers which of our records these of HubSpot became.</summary>
    internal static async Task Link(Tx tx, MoveInSource source, string kind, IReadOnlyCollection<(long There, long Here)> records)
    {
        if (records.Count > 0) await tx.Execute(Sql["link"], new { rows = JsonRows.Of(records.Select(r => new { account = source.AccountId, portal = source.PortalId, kind, there = r.There, here = r.Here })) });
    }

    private static string Words(MoveInOrder order, DateTimeOffset? since) => string.Join(", ", new[]
    {
        "contacts", order.Properties ? "properties" : null, order.Lists ? "lists" : null, order.OptOuts ? "opt-outs" : null, order.Bounces ? "bounces" : null, order.Marketing ? "marketing status" : null,
        since is null ? null : FormattableString.Invariant($"changes since {since:yyyy-MM-dd HH:mm}"),
    }.OfType<string>());
}
