using Winnow.Audit;
using Winnow.Data;

namespace Winnow.MarketingContacts;

/// <summary>What makes contacts. Stored by name.</summary>
public enum CreatingTool
{
    /// <summary>A person, on <i>Create contact</i>.</summary>
    ByHand,
    /// <summary>An import of a file.</summary>
    Import,
}

/// <summary>What a tool does with the marketing status of contacts (DOMAIN §5.2).</summary>
/// <param name="Marketing">Contacts that it makes are marketing contacts unless somebody says otherwise.</param>
/// <param name="Known">Contacts that it finds become so too; null: it finds none.</param>
public sealed record ToolDefault(CreatingTool Tool, string Label, string Hint, bool Marketing, bool? Known);

/// <summary>The one door that whoever creates contacts asks for their marketing status. A person who may set marketing contacts can say otherwise each time; for everybody else new
/// contacts are non-marketing whatever stands here.</summary>
public sealed class Defaults(Db db, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<Defaults>();

    /// <summary>What holds until somebody chooses: one row for each tool.</summary>
    public static readonly IReadOnlyList<ToolDefault> Usual =
    [
        new(CreatingTool.ByHand, "Contacts made by hand", "How the check box of Create contact starts.", false, null),
        new(CreatingTool.Import, "Imports of files", "How the check box of an import starts.", false, true),
    ];

    /// <summary>What holds for each tool.</summary>
    public async Task<IReadOnlyList<ToolDefault>> All(long accountId, CancellationToken stop = default)
    {
        var chosen = (await db.Read(tx => tx.Query<Row>(Sql["all"], new { accountId }), stop)).ToDictionary(row => row.Tool);
        return [.. Usual.Select(usual => chosen.TryGetValue(usual.Tool.ToString(), out var row) ? usual with { Marketing = row.Marketing, Known = usual.Known is null ? null : row.Known } : usual)];
    }

    /// <summary>What holds for a tool.</summary>
    public async Task<ToolDefault> Of(long accountId, CreatingTool tool, CancellationToken stop = default) => (await All(accountId, stop)).Single(row => row.Tool == tool);

    /// <summary>Writes what a person chose, who may set marketing contacts.</summary>
    public async Task Save(long accountId, long userId, IReadOnlyCollection<ToolDefault> chosen, CancellationToken stop = default)
    {
        var was = await All(accountId, stop);
        await db.Write(async tx =>
        {
            foreach (var row in chosen) await tx.Execute(Sql["save"], new { accountId, tool = row.Tool.ToString(), row.Marketing, known = row.Known ?? false });
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.MarketingRulesChanged, "", null, Words(was), Words(chosen));
        }, stop);
    }

    private static string Words(IEnumerable<ToolDefault> all) => string.Join(", ", all.Select(row => $"{row.Tool}: {(row.Marketing ? "marketing" : "non-marketing")}{(row.Known == false ? ", new ones only" : "")}"));

    private sealed record Row(string Tool, bool Marketing, bool Known);
}
