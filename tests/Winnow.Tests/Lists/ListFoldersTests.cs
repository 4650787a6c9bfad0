using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>Lists in folders.</summary>
public sealed class ListFoldersTests
{
    [Theory, Databases]
    public async Task Folders_are_made_moved_and_deleted_and_no_list_is_lost(string database)
    {
        await using var app = await TestApp.On(database);
        var folders = app.Get<ListFolders>();
        var news = await Make(0, "News");
        var old = await Make(news, "Old");
        Assert.Equal("There is a folder of this name already. Choose another name.", (await app.Db.Write(tx => folders.Create(tx, TestApp.Account, news, " OLD ", 1))).Error);
        Assert.Equal("This folder does not exist any more.", (await app.Db.Write(tx => folders.Create(tx, TestApp.OtherAccount, news, "Theirs", 1))).Error);
        Assert.Equal("A folder cannot lie in itself, nor in a folder within it.", await app.Db.Write(tx => folders.Change(tx, TestApp.Account, news, "News", old, 1)));
        var list = await app.List("Guests", ListKind.Manual);
        Assert.Null(await app.Db.Write(tx => folders.Put(tx, TestApp.Account, list.Id, old, 1)));
        Assert.NotNull(await app.Db.Write(tx => folders.Put(tx, TestApp.OtherAccount, list.Id, 0, 1)));
        Assert.Equal("News / Old", await app.Db.Read(async tx => ListFolders.Words(await ListFolders.All(tx, TestApp.Account), (await app.Get<ListStore>().Find(tx, TestApp.Account, list.Id))!.FolderId)));

        var above = await Make(0, "Old");
        Assert.StartsWith("The folder above has one of the same name", await app.Db.Write(tx => folders.Delete(tx, TestApp.Account, news, 1)));
        Assert.Null(await app.Db.Write(tx => folders.Change(tx, TestApp.Account, above, "Older", 0, 1)));
        Assert.Null(await app.Db.Write(tx => folders.Delete(tx, TestApp.Account, news, 1)));
        Assert.Equal(["Old", "Older"], (await app.Db.Read(tx => ListFolders.All(tx, TestApp.Account))).Select(f => f.Name));
        Assert.Null(await app.Db.Write(tx => folders.Delete(tx, TestApp.Account, old, 1)));
        Assert.Equal(0, (await app.Find(list.Id))!.FolderId);

        async Task<long> Make(long parent, string name)
        {
            var (id, error) = await app.Db.Write(tx => folders.Create(tx, TestApp.Account, parent, name, 1));
            Assert.Null(error);
            return id;
        }
    }

    [Theory, Databases]
    public async Task The_page_shows_a_folder_and_the_search_looks_into_all(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await OneOfEachKind.Make(app);
        Assert.EndsWith("/lists/folders/2", (await WebApp.Post(app.Http, "/lists/folders/new?in=1", new() { ["Name"] = "Spring" }, "new-folder")).Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("/lists/2", (await WebApp.Post(app.Http, "/lists/2/move", new() { ["Folder"] = "2" }, "move-list")).Headers.Location!.ToString(), StringComparison.Ordinal);
        var id = (await WebApp.Post(app.Http, "/lists/new?in=1", new() { ["Name"] = "In the folder", ["Kind"] = "static", ["do"] = "save" }, "list")).Headers.Location!.ToString().Split('/')[^1];

        Assert.Equal(["News", "Hard bounced"], await Names("/lists"));
        Assert.Equal(["Spring", "In the folder"], await Names("/lists/folders/1"));
        Assert.Equal(["By hand"], await Names("/lists/folders/2"));
        var page = await WebApp.Page(app.Http, "/lists/folders/2");
        Assert.Equal(["CRM", "Lists", "News", "Spring"], page.QuerySelectorAll(".crumbs li").Select(li => li.TextContent.Trim()));
        Assert.Equal(["In the folder", "By hand"], (await Names("/lists?q=h&sort=-name")).Where(name => name is "In the folder" or "By hand"));
        Assert.Contains("News / Spring", (await WebApp.Page(app.Http, "/lists?q=by+hand")).QuerySelector("table")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/lists/folders/9")).StatusCode);
        Assert.Equal(1, (await app.Services.GetRequiredService<Db>().Read(tx => app.Services.GetRequiredService<ListStore>().Find(tx, 1, long.Parse(id, System.Globalization.CultureInfo.InvariantCulture))))!.FolderId);

        async Task<IEnumerable<string>> Names(string path) => (await WebApp.Page(app.Http, path)).QuerySelectorAll("table.dt tbody a.name").Select(a => a.TextContent);
    }
}
