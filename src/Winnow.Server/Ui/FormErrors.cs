namespace Winnow.Server.Ui;

/// <summary>What is wrong with a form, by field. A page fills it, <c>FormField</c> shows it beside the field.</summary>
public sealed class FormErrors
{
    private readonly Dictionary<string, string> byField = [];

    /// <summary>True when nothing is wrong.</summary>
    public bool None => byField.Count == 0;

    /// <summary>The sentence for a field, or null.</summary>
    public string? this[string field] => byField.GetValueOrDefault(field);

    /// <summary>Notes a fault; the first one of a field stays.</summary>
    public void Add(string field, string sentence) => byField.TryAdd(field, sentence);

    /// <summary>Notes a fault when <paramref name="wrong"/> holds.</summary>
    public void AddIf(bool wrong, string field, string sentence)
    {
        if (wrong) Add(field, sentence);
    }
}
