using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Transfer.HubSpot;

/// <summary>Who wrote what contacts have, by their history: the latest change of a property counts.</summary>
internal sealed class Writers
{
    private static readonly SqlFile Sql = SqlFile.Beside<Writers>();
    private static readonly Property Source = BuiltInProperties.Of("hs_object_source"), SourceId = BuiltInProperties.Of("hs_object_source_id");
    private readonly Actor move;
    private readonly Dictionary<(long Contact, long Property), bool> ours = [];

    private Writers(Actor move) => this.move = move;

    public static async Task<Writers> Of(Tx tx, long accountId, Actor move, IReadOnlyCollection<long> contacts)
    {
        var writers = new Writers(move);
        if (contacts.Count == 0) return writers;
        foreach (var row in await tx.Query<(long Contact, string Source, string? SourceId, string Changes)>(Sql["history"], new { accountId, ids = contacts.ToArray() }))
            foreach (var property in CustomValues.Read(row.Changes).Keys) writers.ours[(row.Contact, property)] = row.Source == move.Source && row.SourceId == move.SourceId;
        return writers;
    }

    /// <summary>Who wrote a property of a contact last.</summary>
    public Writer Of(Contact contact, Property property) =>
        ours.TryGetValue((contact.Id, property.Id), out var isOurs) ? isOurs ? Writer.TheMove : Writer.SomebodyElse
        : (string?)contact[Source] == move.Source && (string?)contact[SourceId] == move.SourceId ? Writer.TheMove
        : contact[property] is null or false or "false" ? Writer.Nobody : Writer.SomebodyElse;
}
