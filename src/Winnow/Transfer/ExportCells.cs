using System.Globalization;
using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Transfer.Workbooks;

namespace Winnow.Transfer;

/// <summary>The cells of an exported contact, as spreadsheets read them and as an import reads them again: labels of choices, moments in UTC to the second,
/// numbers as numbers. Texts that a spreadsheet would run as formulas get an apostrophe in front.</summary>
public static class ExportCells
{
    private static readonly CultureInfo DecimalComma = WithComma();

    /// <summary>The line of a contact in a CSV file.</summary>
    /// <param name="values">One for each column, typed as its property says; null is empty.</param>
    internal static void Line(Utf8Text text, IReadOnlyList<Property> columns, object?[] values, char delimiter)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (i > 0) text.Add(delimiter);
            Cell(text, columns[i], values[i], delimiter);
        }
        text.Add("\r\n"u8);
    }

    /// <summary>One cell, in quotes where it needs them.</summary>
    internal static void Cell(Utf8Text text, Property property, object? value, char delimiter)
    {
        switch (value)
        {
            case null: break;
            case double number when number == Math.Floor(number) && number != 0 && Math.Abs(number) < 1e15: text.Add((long)number); break;     // counters and record ids, much faster
            case double number: text.Add(Number(number, delimiter)); break;
            case long instant when property.Type == PropertyType.DateTime: Moment(text, instant); break;
            case string choices when property.Type == PropertyType.Enumeration: CsvText.Add(text, CsvText.Harmless(Labels(property, choices)), delimiter); break;
            default: CsvText.Add(text, CsvText.Harmless(PropertyValue.Text(property, value)), delimiter); break;
        }
    }

    /// <summary>The row of a contact in a sheet. A text that begins with an apostrophe and a sign of formulas gets one more, for the import takes one off.</summary>
    internal static void Row(SheetRows sheet, IReadOnlyList<Property> columns, object?[] values)
    {
        sheet.Begin();
        for (var i = 0; i < columns.Count; i++)
            switch (values[i])
            {
                case null: break;
                case bool flag: sheet.Flag(i, flag); break;
                case double number: sheet.Number(i, number); break;
                case long instant: sheet.Moment(i, instant, columns[i].Type == PropertyType.Date); break;
                case string text when columns[i].Type == PropertyType.Enumeration: sheet.Text(i, CsvText.Doubled(Labels(columns[i], text))); break;
                case var other: sheet.Text(i, CsvText.Doubled(PropertyValue.Text(columns[i], other)!)); break;
            }
        sheet.End();
    }

    /// <summary>The sortable form has a way of its own in the platform, five times as fast as a pattern.</summary>
    private static void Moment(Utf8Text text, long instant)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(instant);
        var day = text.Length;
        if (at.Millisecond != 0) text.Add(at, "yyyy-MM-dd HH:mm:ss.FFF");
        else
        {
            text.Add(at.DateTime, "s");
            text.Set(day + 10, ' ');
        }
    }

    /// <summary>A number. With a decimal comma three decimals get a fourth: what reads it again would take 1,234 for a thousand and more.</summary>
    public static string Number(double number, char delimiter)
    {
        if (delimiter != ';') return number.ToString("R", CultureInfo.InvariantCulture);
        var text = number.ToString("R", DecimalComma);
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        return comma >= 0 && text.Length - comma - 1 == 3 ? text + "0" : text;
    }

    /// <summary>The labels, where they can be told apart again.</summary>
    private static string Labels(Property property, string value)
    {
        if (!property.IsMultiple) return property.OptionLabel(value);
        var labels = value.Split(';').Select(property.OptionLabel).ToList();
        return labels.Exists(label => label.Contains(';', StringComparison.Ordinal)) ? value : string.Join(';', labels);
    }

    private static CultureInfo WithComma()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        return culture;
    }
}
