using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Transfer.HubSpot;

/// <summary>Moves in from HubSpot: properties, then contacts page by page, then lists. A page and the place behind it commit together, so a run whose process dies goes on there, once; a page that is met again changes nothing.
/// Where HubSpot asks to wait longer than a moment, so does the job.</summary>
public sealed class MoveIn(MoveIns sources, MoveInProperties properties, MoveInContacts contacts, MoveInLists lists) : IJob
{
    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var source = await sources.Find(run.AccountId, run.State<MoveInState>().MoveInId) ?? throw new JobFailedException(MoveInWords.Gone);
        var portal = await sources.Portal(run.AccountId, source.Id) ?? throw new JobFailedException(MoveInWords.Forgotten);
        try
        {
            if (await portal.Number(stop) != source.PortalId) throw new JobFailedException(MoveInWords.Other);
            if (run.State<MoveInState>().Phase == MoveInPhase.Begin) await Begin(run, portal, stop);
            if (run.State<MoveInState>().Phase == MoveInPhase.Properties) await properties.Bring(run, portal, stop);
            if (run.State<MoveInState>().Phase == MoveInPhase.Contacts) await contacts.Bring(run, portal, source, stop);
            if (run.State<MoveInState>().Phase == MoveInPhase.Lists) await lists.Bring(run, portal, source, stop);
            return run.State<MoveInState>();
        }
        catch (HubSpotException e)
        {
            throw e.Problem.Trouble is HubSpotTrouble.Wait or HubSpotTrouble.Down ? new JobPostponedException(e.Message, e.Problem.After) : new JobFailedException(e.Message);
        }
    }

    /// <summary>How much there is to bring, for progress.</summary>
    private static async Task Begin(JobRun run, HubSpotPortal portal, CancellationToken stop)
    {
        var state = run.State<MoveInState>();
        var people = await portal.Count(stop, state.Since);
        var there = state.Order.Lists ? await portal.Lists(stop) : [];
        var members = there.Where(l => l.Kind != "DYNAMIC").Sum(l => l.Size);
        await run.Step<MoveInState>(_ => Task.FromResult(new Step<MoveInState>(
            state with { Phase = state.Order.Properties ? MoveInPhase.Properties : MoveInPhase.Contacts, Queue = [.. there.Select(l => l.Id)] }, 0, people + members)), stop);
    }
}

/// <summary>Writes down what did not fit: each in a file, and how many in the state of the run.</summary>
public sealed class MoveInReport(Files files)
{
    internal async Task<MoveInState> Add(Tx tx, JobRun run, MoveInState state, IReadOnlyCollection<Found> found)
    {
        if (found.Count == 0) return state;
        var fileId = state.ReportFileId;
        if (fileId is null)
        {
            fileId = await files.Create(tx, run.AccountId, "HubSpot - what did not fit.csv", run.UserId);
            await files.Append(tx, run.AccountId, fileId.Value, CsvText.Start(Found.Headings));
        }
        await files.Append(tx, run.AccountId, fileId.Value, CsvText.Lines(found.Select(f => f.Line())));
        return state with { ReportFileId = fileId, Misfits = MisfitSum.Add(state.Misfits ?? [], found) };
    }
}
