using System.Text;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>A file of contacts is imported while the server is killed: new rows, known contacts, rows twice, rows that cannot be read.</summary>
internal sealed class CrashedImport(CrashApp app)
{
    private const long Account = 1;
    private const int Rows = 30_000, Known = 400;
    private long jobId, importId;

    public Task Prepare() => app.Add(Account, Enumerable.Range(0, Known).Select(Address).Distinct());

    public async Task Begin()
    {
        var csv = new StringBuilder("Email,First name,City\n");
        for (var row = 0; row < Rows; row++) csv.Append(IsBroken(row) ? $"nobody{row}" : Address(row)).Append(",Ann,Leiden\n");
        var imports = app.Get<Imports>();
        var (id, error) = await imports.Upload(Account, "people.csv", new MemoryStream(Encoding.UTF8.GetBytes(csv.ToString())), 1, default);
        Assert.Null(error);
        var import = (await imports.Find(Account, importId = id!.Value))!;
        var preview = await imports.Preview(import, default);
        var (job, refused) = await imports.Start(Account, importId, "People", preview.Columns, marketing: true, "People", 1, default);
        Assert.Null(refused);
        jobId = job!.Value;
    }

    public Task<bool> IsInTheMiddle() => app.IsInTheMiddle(Account, jobId);

    public async Task<bool> HasEnded() => !(await app.Job(Account, jobId)).IsOpen;

    public async Task Check()
    {
        var sound = Enumerable.Range(0, Rows).Where(r => !IsBroken(r)).ToList();
        var people = sound.Select(Address).ToHashSet();
        var known = Enumerable.Range(0, Known).Select(Address).ToHashSet();
        var updated = people.Count(known.Contains);
        var end = (await app.Job(Account, jobId)).ResultAs<ImportState>()!;
        Assert.Equal((people.Count - updated, updated, 0, sound.Count - people.Count, Rows - sound.Count), (end.Created, end.Updated, end.Unchanged, end.Duplicates, end.Rejected));

        var there = known.Union(people).Count();
        Assert.Equal((there, there), (await app.Scalar<long>("select count(*) from contacts where account_id = 1"), await app.Scalar<long>("select contacts from contact_counts where account_id = 1")));
        // a batch that ran twice would have left a second row of history, and a higher version
        Assert.Equal((updated, updated), (await app.Scalar<long>("select count(*) from contact_history where account_id = 1"), await app.Scalar<long>("select count(*) from contacts where account_id = 1 and version = 2")));
        Assert.Equal(there - updated, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and version = 1"));
        var import = (await app.Get<Imports>().Find(Account, importId))!;
        Assert.Equal(people.Count, await app.Db.Read(tx => app.Get<ListMembers>().Count(tx, Account, import.ListId!.Value)));
        Assert.Equal(1 + Rows - sound.Count, await Lines(import.RejectedFileId!.Value));
        Assert.Empty(await app.Db.Read(tx => app.Get<CheckLists>().Differences(tx, Account)));
    }

    private static bool IsBroken(int row) => row % 100 == 99;

    // every fiftieth row is about the one before it
    private static string Address(int row) => $"person{(row % 50 == 25 ? row - 1 : row)}@import.test";

    private async Task<long> Lines(long fileId)
    {
        var files = app.Get<Files>();
        using var reader = new StreamReader(files.Open((await files.Find(Account, fileId))!));
        return (await reader.ReadToEndAsync()).Trim().Split('\n').Length;
    }
}
