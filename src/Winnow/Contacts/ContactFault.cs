namespace Winnow.Contacts;

/// <summary>Why a value that a person filled in was not taken.</summary>
public enum FaultKind
{
    /// <summary>It is not of the property's type, is too long or no option.</summary>
    NotReadable,
    /// <summary>Another contact has the address, as its primary or an additional one.</summary>
    AddressTaken,
    /// <summary>The address was deleted permanently and must not come back.</summary>
    AddressBlocked,
    /// <summary>Someone else changed the same property since the form was shown.</summary>
    ChangedMeanwhile,
    /// <summary>A contact needs an address or a name.</summary>
    NothingToGoBy,
}

/// <summary>One value that was not taken.</summary>
/// <param name="Holder">The contact that has the address.</param>
/// <param name="Now">What the property holds now, when it changed meanwhile.</param>
public sealed record ContactFault(Property Property, FaultKind Kind, Contact? Holder = null, object? Now = null);

/// <summary>What came of creating or editing: the contact's id, or what was wrong; with neither, this account has no such contact.</summary>
/// <param name="Waits">It was to be a marketing contact, but the day has no room left (<see cref="MarketingFuse"/>): it is none, and the caller lets that wait for an approval.</param>
public sealed record EditOutcome(long? Id, IReadOnlyList<ContactFault> Faults, bool Waits = false);
