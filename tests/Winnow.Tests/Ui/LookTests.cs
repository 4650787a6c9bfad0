using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>The main pages, from a telephone to a wide screen: axe-clean, nothing scrolls sideways; the pictures are for people to look at.</summary>
public class LookTests
{
    private static readonly string[] Pages = ["/contacts", "/contacts/5", "/lists", "/lists/2", "/lists/new", "/email", "/email/1", "/imports", "/jobs", "/jobs/1", "/recycle-bin", "/notifications", "/search?q=fern", "/settings/properties", "/settings/indexes", "/settings/profile", "/contacts/delete?id=5&how=permanent"];

    [Theory]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(1920, ColorScheme.Light)]
    [InlineData(1920, ColorScheme.Dark)]
    public async Task The_main_pages_are_in_order_at_every_width(int width, ColorScheme colours)
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await OneOfEachKind.Make(app);
        await Contacts(app);
        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("sent", "update marketing_emails set state = 'sent', subject = 'News of November', sent_at = 1728000000000 where account_id = 1 and id = 1")));
        await app.Services.GetRequiredService<PropertyIndexes>().Pin(1, Property.FirstCustomId, true, 1);
        await app.Services.GetRequiredService<PropertyIndexes>().Advise(default);
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours);
        await Chromium.SignIn(page);
        foreach (var path in Pages)
        {
            await page.GotoAsync(path);
            await Chromium.Check(page, $"look{path.Replace('/', '-').Replace("?", "-", StringComparison.Ordinal).Replace("=", "-", StringComparison.Ordinal).Replace("&", "-", StringComparison.Ordinal)}-{width}-{colours}".ToLowerInvariant());
        }
    }

    private static async Task Contacts(WebApp app)
    {
        string[] first = ["Hannah", "Daan", "Zoë", "Margaret", "Oluwaseun", "Fernanda"], last = ["Schulz", "de Vries", "van den Berg-Hendriksen", "O'Neill", "Adeyemi", "Ruiz"], at = ["gartenhof.example", "tuinenzo.example", "longlivegardens-and-nurseries.example"];
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            var store = app.Services.GetRequiredService<ContactStore>();
            var made = await store.New(tx, 1, 40);
            foreach (var (contact, i) in made.Select((contact, i) => (contact, i)))
            {
                (contact[BuiltInProperties.Of("firstname")], contact[BuiltInProperties.Of("lastname")]) = (first[i % 6], last[(i / 2) % 6]);
                (contact[BuiltInProperties.Of("email")], contact[BuiltInProperties.Of("city")]) = ($"{i}.person@{at[i % 3]}", i % 2 == 0 ? "Nijmegen" : null);
            }
            await store.Save(tx, new("IMPORT"), await app.Services.GetRequiredService<Winnow.Contacts.Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
        });
        await app.Services.GetRequiredService<ContactWords>().CatchUp(default);
    }
}
