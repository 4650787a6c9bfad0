using Winnow.Data;

namespace Winnow.Lists;

/// <summary>What can use a list.</summary>
public enum ListUser
{
    /// <summary>A draft that would be sent to its members.</summary>
    EmailTo,
    /// <summary>A draft that would not be sent to its members.</summary>
    EmailNotTo,
    /// <summary>The filter of a list that follows the contacts. As long as there is one, the list cannot be deleted.</summary>
    List,
    /// <summary>The filter of a saved view.</summary>
    View,
    /// <summary>A rule that keeps marketing contacts low by it.</summary>
    Rule,
}

/// <summary>One that uses a list.</summary>
/// <param name="Id">The e-mail's, the list's, the view's or the rule's.</param>
/// <param name="Name">Of a rule the list's, as it has no other.</param>
/// <param name="OwnerName">Whose view it is; null for others, and when that person is gone.</param>
public sealed record ListUse(ListUser By, long Id, string Name, string? OwnerName = null);

/// <summary>Has things that use lists.</summary>
public interface IUseLists
{
    /// <summary>What of this account uses the list, by name.</summary>
    Task<IReadOnlyList<ListUse>> UsesOf(Tx tx, long accountId, long listId);
}
