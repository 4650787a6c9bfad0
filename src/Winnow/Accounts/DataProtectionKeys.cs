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
    private static readonly SqlFile Sql = SqlFile.Beside<DataProtectionKeys>();

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. Wait(() => db.Read(tx => tx.Query<string>(Sql["all"]))).Select(xml => XElement.Parse(xml))];

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName) =>
        Wait(() => db.Write(tx => tx.Execute(Sql["store"], new { id = friendlyName, xml = element.ToString(SaveOptions.DisableFormatting) })));

    // The interface is not async; it is called a few times a day.
    private static T Wait<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}
