using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Lists;

/// <summary>A folder of lists.</summary>
/// <param name="ParentId">The folder it lies in; 0 for none.</param>
public sealed record ListFolder(long Id, long ParentId, string Name)
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxName = 100;
}

/// <summary>The folders that lists lie in. Lists without a folder, and the topmost folders, lie in folder 0.</summary>
public sealed class ListFolders(TimeProvider clock)
{
    /// <summary>Why something cannot be done: the sentences that the methods answer.</summary>
    public static readonly IReadOnlyList<string> Refusals = [Gone, Nameless, TooLong, Taken, Into, NoList, TakenAbove];

    private const string Gone = "This folder does not exist any more.", Nameless = "Give the folder a name.", TooLong = "The name is longer than 100 characters.",
        Taken = "There is a folder of this name already. Choose another name.", Into = "A folder cannot lie in itself, nor in a folder within it.", NoList = "This list does not exist any more.",
        TakenAbove = "The folder above has one of the same name as a folder in here. Rename one of them first.";
    private static readonly SqlFile Sql = SqlFile.Beside<ListFolders>();

    /// <summary>All folders, by name.</summary>
    public static Task<List<ListFolder>> All(Tx tx, long accountId) => tx.Query<ListFolder>(Sql["all"], new { accountId });

    /// <summary>The way to a folder from the top, itself last; empty for 0 and for one that is not there.</summary>
    public static List<ListFolder> Way(IReadOnlyList<ListFolder> all, long id)
    {
        var way = new List<ListFolder>();
        for (var at = all.FirstOrDefault(f => f.Id == id); at is not null && way.Count <= all.Count; at = all.FirstOrDefault(f => f.Id == at.ParentId)) way.Insert(0, at);
        return way;
    }

    /// <summary>Makes a folder.</summary>
    /// <returns>Its id, or what is wrong.</returns>
    public async Task<(long Id, string? Error)> Create(Tx tx, long accountId, long parentId, string name, long? userId)
    {
        var id = await Ids.Next(tx, accountId, "list_folder");          // holds the counter: two makers of one name queue up
        var all = await All(tx, accountId);
        if ((parentId != 0 && all.All(f => f.Id != parentId) ? Gone : NameError(all, parentId, id, name)) is { } wrong) return (0, wrong);
        await tx.Execute(Sql["create"], new { accountId, id, parentId, name = name.Trim(), nameKey = ListStore.Key(name), userId, now = clock.GetUtcNow() });
        await Record(tx, accountId, userId, name.Trim(), null, Words([.. all, new(id, parentId, name.Trim())], id));
        return (id, null);
    }

    /// <summary>Gives a folder another name, and puts it into another folder.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> Change(Tx tx, long accountId, long id, string name, long parentId, long? userId)
    {
        await Ids.Next(tx, accountId, "list_folder", 0);
        var all = await All(tx, accountId);
        if (all.FirstOrDefault(f => f.Id == id) is not { } folder || (parentId != 0 && all.All(f => f.Id != parentId))) return Gone;
        if (Way(all, parentId).Any(f => f.Id == id)) return Into;
        if (NameError(all, parentId, id, name) is { } wrong) return wrong;
        await tx.Execute(Sql["change"], new { accountId, id, parentId, name = name.Trim(), nameKey = ListStore.Key(name) });
        await Record(tx, accountId, userId, folder.Name, Words(all, id), Words([.. all.Where(f => f.Id != id), new(id, parentId, name.Trim())], id));
        return null;
    }

    /// <summary>Deletes a folder; the lists and folders in it go to the folder above, deleted lists too.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> Delete(Tx tx, long accountId, long id, long? userId)
    {
        await Ids.Next(tx, accountId, "list_folder", 0);
        var all = await All(tx, accountId);
        if (all.FirstOrDefault(f => f.Id == id) is not { } folder) return Gone;
        var above = all.Where(f => f.ParentId == folder.ParentId && f.Id != id).Select(f => ListStore.Key(f.Name)).ToHashSet();
        if (all.Any(f => f.ParentId == id && above.Contains(ListStore.Key(f.Name)))) return TakenAbove;
        await tx.Execute(Sql["delete"], new { accountId, id });         // first: one of its folders may have its name
        await tx.Execute(Sql["folders-up"], new { accountId, id, folder.ParentId });
        await tx.Execute(Sql["lists-up"], new { accountId, id, folder.ParentId });
        await Record(tx, accountId, userId, folder.Name, Words(all, id), null);
        return null;
    }

    /// <summary>Puts a list into a folder; 0 takes it out of all.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> Put(Tx tx, long accountId, long listId, long folderId, long? userId)
    {
        await Ids.Next(tx, accountId, "list_folder", 0);                // the folder cannot go meanwhile
        var all = await All(tx, accountId);
        if (folderId != 0 && all.All(f => f.Id != folderId)) return Gone;
        if (await tx.SingleOrNone<Place>(Sql["list"], new { accountId, listId }) is not { } list) return NoList;
        if (list.FolderId == folderId) return null;
        await tx.Execute(Sql["put"], new { accountId, listId, folderId });
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ListMoved, list.Name, null, Words(all, list.FolderId), Words(all, folderId));
        return null;
    }

    /// <summary>A folder in one line, with those it lies in: "News / Regional".</summary>
    public static string Words(IReadOnlyList<ListFolder> all, long id) => string.Join(" / ", Way(all, id).Select(f => f.Name));

    private Task Record(Tx tx, long accountId, long? userId, string name, string? before, string? after) =>
        AuditLog.Add(tx, clock, accountId, userId, AuditAction.ListFoldersChanged, name, null, before, after);

    private static string? NameError(List<ListFolder> all, long parentId, long id, string name) =>
        string.IsNullOrWhiteSpace(name) ? Nameless
        : name.Trim().Length > ListFolder.MaxName ? TooLong
        : all.Any(f => f.ParentId == parentId && f.Id != id && ListStore.Key(f.Name) == ListStore.Key(name)) ? Taken
        : null;

    private sealed record Place(string Name, long FolderId);
}
