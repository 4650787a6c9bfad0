using Winnow.Data;

namespace Winnow.Contacts;

/// <summary>What can use a property.</summary>
public enum PropertyUser
{
    /// <summary>The filter of a list that follows the contacts.</summary>
    List,
    /// <summary>A saved view: its filter, a column or its order.</summary>
    View,
    /// <summary>A token in the text of an e-mail that is not sent yet.</summary>
    Email,
}

/// <summary>One that uses a property.</summary>
/// <param name="Id">The list's, the view's or the e-mail's.</param>
/// <param name="OwnerName">Whose view it is; null for others, and when that person is gone.</param>
public sealed record PropertyUse(PropertyUser By, long Id, string Name, string? OwnerName = null);

/// <summary>Has things that use properties by name, which would go on with one that nobody can see or choose any more.</summary>
public interface IUseProperties
{
    /// <summary>What of this account uses the property, by name.</summary>
    Task<IReadOnlyList<PropertyUse>> UsesOf(Tx tx, long accountId, Property property, PropertyCatalog properties);
}
