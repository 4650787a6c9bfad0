namespace Winnow.Email.Bounces;

/// <summary>A block on record.</summary>
/// <param name="At">When its report came.</param>
/// <param name="IncidentId">Null as long as it belongs to none.</param>
internal sealed record NotedBlock(long InboxId, DateTimeOffset At, string Provider, string Words, string EmailKey, long ContactId, long? IncidentId = null);

/// <summary>An incident, as far as it decides which blocks belong to it.</summary>
internal sealed record IncidentSpan(long Id, string GroupedBy, string GroupKey, DateTimeOffset FirstAt, DateTimeOffset LastAt)
{
    /// <summary>Whether a block that came then belongs to it.</summary>
    public bool Takes(Block block, DateTimeOffset at) => GroupKey == (GroupedBy == IncidentBook.ByText ? block.Words : block.Provider)
        && LastAt >= at - IncidentRules.Quiet && FirstAt <= at + IncidentRules.Window;

    /// <summary>It lasts from the first of its blocks to the last.</summary>
    public IncidentSpan Stretched(DateTimeOffset at) => this with { FirstAt = at < FirstAt ? at : FirstAt, LastAt = at > LastAt ? at : LastAt };
}

/// <summary>An incident that a block opened.</summary>
/// <param name="Path">Which e-mail and contact the block is about.</param>
internal sealed record OpenedIncident(long Id, Block Block, MailToken Path);

/// <summary>Groups the blocks of a batch in the order in which they came, together with those on record. In memory; <see cref="Incidents"/> reads and writes.</summary>
/// <param name="incidents">Those that one of the blocks could belong to.</param>
/// <param name="single">Blocks that belong to none and could make an incident with one of these.</param>
/// <param name="nextId">The id of the next incident.</param>
internal sealed class IncidentBook(IEnumerable<IncidentSpan> incidents, IEnumerable<NotedBlock> single, long nextId)
{
    public const string ByText = "text", ByProvider = "provider";

    private readonly SortedDictionary<long, IncidentSpan> incidents = new(incidents.ToDictionary(i => i.Id));
    private readonly List<NotedBlock> single = [.. single];
    private readonly HashSet<long> noted = [];

    /// <summary>What changed: incidents that began or got longer, by id, and those of them that began.</summary>
    public SortedDictionary<long, IncidentSpan> Changed { get; } = [];

    /// <summary>Incidents that began.</summary>
    public List<OpenedIncident> Opened { get; } = [];

    /// <summary>Blocks that were noted or found their incident, by report.</summary>
    public Dictionary<long, NotedBlock> Blocks { get; } = [];

    /// <summary>Nothing to group.</summary>
    public static IncidentBook Empty => new([], [], 0);

    /// <summary>Whether this block was noted in this batch.</summary>
    public bool IsNew(NotedBlock block) => noted.Contains(block.InboxId);

    /// <summary>Whether an incident that this block would belong to lasts.</summary>
    public bool Lasts(Block block, DateTimeOffset now) => Find(block, now) is not null;

    /// <summary>Whether this report became part of an incident in this batch.</summary>
    public bool Holds(long inboxId) => Blocks.GetValueOrDefault(inboxId)?.IncidentId is not null;

    /// <summary>Notes a block; the one that completes a burst opens an incident.</summary>
    /// <returns>Whether it belongs to an incident.</returns>
    public bool Note(MailToken path, long inboxId, Block block, DateTimeOffset at)
    {
        var one = new NotedBlock(inboxId, at, block.Provider, block.Words, block.EmailKey, path.ContactId);
        noted.Add(inboxId);
        Blocks[inboxId] = one;
        if (Find(block, at) is not { } incident)
        {
            single.Add(one);
            return Begins(path, block, at);
        }
        Blocks[inboxId] = one with { IncidentId = incident.Id };
        incidents[incident.Id] = Changed[incident.Id] = incident.Stretched(at);
        return true;
    }

    private IncidentSpan? Find(Block block, DateTimeOffset at) => incidents.Values.FirstOrDefault(i => i.Takes(block, at));

    private bool Begins(MailToken path, Block block, DateTimeOffset at)
    {
        foreach (var (by, key, people) in new[] { (ByText, block.Words, IncidentRules.PeopleOfOneText), (ByProvider, block.Provider, IncidentRules.PeopleOfOneProvider) })
        {
            if (key.Length == 0) continue;
            var near = single.Where(b => (by == ByText ? b.Words : b.Provider) == key && (b.At - at).Duration() <= IncidentRules.Window).ToList();
            if (!IncidentRules.IsBurst(near.Select(b => (b.At, b.EmailKey)), at, people)) continue;
            var id = nextId + Opened.Count;
            Opened.Add(new(id, block, path));
            incidents[id] = Changed[id] = new(id, by, key, near.Min(b => b.At), near.Max(b => b.At));
            foreach (var b in near) Blocks[b.InboxId] = b with { IncidentId = id };
            single.RemoveAll(near.Contains);
            return true;
        }
        return false;
    }
}
