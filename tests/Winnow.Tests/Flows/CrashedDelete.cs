using Winnow.Contacts;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>All members of a list are deleted while the server is killed; then they are restored.</summary>
internal sealed class CrashedDelete(CrashApp app)
{
    private const long Account = 4;
    private const int People = 40_000, Kept = 300;
    private long jobId, operationId, list;
    private List<long> chosen = [];

    public async Task Prepare()
    {
        await app.Add(Account, Enumerable.Range(0, Kept).Select(n => $"kept{n}@delete.test"));
        chosen = await app.Add(Account, Enumerable.Range(0, People).Select(n => $"person{n}@delete.test"));
        await HardBouncedList.Make(app.Db, app.Get<Properties>(), app.Get<ListStore>(), Account);
        list = await app.Db.Write(async tx =>
        {
            var (made, _) = await app.Get<ListStore>().Create(tx, Account, "Clean-up", ListKind.Manual, null, TimeZoneInfo.Utc, 1);
            await app.Get<ListStore>().AddMembers(tx, Account, made!.Id, new(chosen));
            return made.Id;
        });
    }

    public async Task Begin()
    {
        var all = new SelectionQuery(null, ListId: list);
        var (receipt, error) = await app.Get<DeleteContacts>().Freeze(Account, all, TimeZoneInfo.Utc, 1);
        Assert.Null(error);
        var ordered = await app.Get<DeleteContacts>().Confirm(Account, receipt!.SelectionId, People, false, all, TimeZoneInfo.Utc, "Clean-up", "Delete", 1);
        jobId = ordered.JobId ?? throw new InvalidOperationException($"{ordered}");
        operationId = (await app.Get<RecycleBin>().Operations(Account)).Single().Id;
    }

    public Task<bool> IsInTheMiddle() => app.IsInTheMiddle(Account, jobId);

    public async Task<bool> HasEnded() => !(await app.Job(Account, jobId)).IsOpen;

    public async Task Check()
    {
        Assert.Equal((Kept, Kept), (await Count("contacts where account_id = 4"), await app.Scalar<long>("select contacts from contact_counts where account_id = 4")));
        Assert.Equal((People, chosen.Sum()), (await Count("deleted_contacts where account_id = 4"), await app.Scalar<long>("select sum(id) from deleted_contacts where account_id = 4")));
        var operation = (await app.Get<RecycleBin>().Find(Account, operationId))!;
        Assert.Equal((People, People), (operation.Count, operation.Deleted));
        Assert.Equal(0, await app.Db.Read(tx => app.Get<ListMembers>().Count(tx, Account, list)));
        Assert.Empty(await app.Db.Read(tx => app.Get<CheckLists>().Differences(tx, Account)));
    }

    private Task<long> Count(string rows) => app.Scalar<long>($"select count(*) from {rows}");
}
