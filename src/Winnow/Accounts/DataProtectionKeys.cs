using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Winnow.Data;

namespace Winnow.Accounts;

/// <summary>
/// The keys that sign cookies and encrypt stored passwords, in the database: every server of an installation has the
/// same ones, and a restart signs nobody out. Whoever reads the whole database can therefore also decrypt; the
/// encryption protects what is shown, logged or exported of single tables.
/// </summary>
public sealed class DataProtectionKeys(Db db) : IXmlRepository
{
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(5);      // as much as Data Protection allows
    private static readonly SqlFile Sql = SqlFile.Beside<DataProtectionKeys>();

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements() => Wait(() => db.Read(All));

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName) => Wait(() => db.Write(async tx =>
    {
        await tx.Execute(Sql["hold"]);
        return IsSecondFirst(element, await All(tx)) ? 0 : await tx.Execute(Sql["store"], new { id = friendlyName, xml = element.ToString(SaveOptions.DisableFormatting) });
    }));

    /// <summary>Of servers that start together on an empty database each makes a key that works at once, and reads those of the others only a day
    /// later: what one signs another refuses. So only the first of these is kept; who made another reads it when it looks again, which it does at
    /// once. A key that takes the place of an old one works from a later day on, and they all know it by then.</summary>
    internal static bool IsSecondFirst(XElement key, IReadOnlyCollection<XElement> stored)
    {
        var made = Moment(key, "creationDate");
        return Moment(key, "activationDate") <= made && stored.All(other => other.Name != "revocation")
            && stored.Any(other => Moment(other, "activationDate") <= made + ClocksDiffer && Moment(other, "expirationDate") > made);
    }

    private static DateTimeOffset? Moment(XElement key, string name) => (DateTimeOffset?)key.Element(name);

    private static async Task<List<XElement>> All(Tx tx) => [.. (await tx.Query<string>(Sql["all"])).Select(xml => XElement.Parse(xml))];

    // The interface is not async; it is called a few times a day.
    private static T Wait<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}
