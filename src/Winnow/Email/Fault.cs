namespace Winnow.Email;

/// <summary>What stands in the way of sending an e-mail, for the page that shows it beside the field.</summary>
/// <param name="Field">The property of <see cref="MarketingEmail"/> it is about.</param>
/// <param name="Words">An English sentence, the key of its translation; <c>{0}</c> stands for a value.</param>
public sealed record Fault(string Field, string Words, params IReadOnlyList<string> Values)
{
    /// <summary>The English sentence, values filled in.</summary>
    public override string ToString() => string.Format(System.Globalization.CultureInfo.InvariantCulture, Words, [.. Values]);
}
