using System.Globalization;
using System.Text;
using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Transfer.Workbooks;

namespace Winnow.Transfer;

/// <summary>The cells of an exported contact, as spreadsheets read them and as an import reads them again: labels of choices, moments in UTC to the second,
/// numbers as numbers. Texts that a spreadsheet would run as formulas get an apostrophe in front.</summary>
public static class ExportCells
{
    private static readonly CultureInfo DecimalComma = WithComma();

    /// <summary>A line for each contact.</summary>
    public static byte[] Lines(IReadOnlyList<Property> columns, IEnumerable<Contact> contacts, char delimiter) =>
        Encoding.UTF8.GetBytes(Text(columns, contacts, delimiter).ToString());

    private static StringBuilder Text(IReadOnlyList<Property> columns, IEnumerable<Contact> contacts, char delimiter)
    {
        var text = new StringBuilder(1 << 20);
        foreach (var contact in contacts)
        {
            for (var i = 0; i < columns.Count; i++)
            {
                if (i > 0) text.Append(delimiter);
                CsvText.Add(text, Cell(columns[i], contact[columns[i]], delimiter), delimiter);
            }
            text.Append("\r\n");
        }
        return text;
    }

    /// <summary>One cell.</summary>
    /// <param name="value">Typed as the property says; null is empty.</param>
    public static string Cell(Property property, object? value, char delimiter) => value switch
    {
        null => "",
        double number => delimiter == ';' ? WithDecimalComma(number) : number.ToString("R", CultureInfo.InvariantCulture),
        long instant when property.Type == PropertyType.DateTime => Moment(instant),
        string choices when property.Type == PropertyType.Enumeration => CsvText.Harmless(Labels(property, choices)),
        _ => CsvText.Harmless(PropertyValue.Text(property, value)),
    };

    /// <summary>A row for each contact. A text that begins with an apostrophe and a sign of formulas gets one more, for the import takes one off.</summary>
    internal static void Rows(SheetRows sheet, IReadOnlyList<Property> columns, IEnumerable<Contact> contacts)
    {
        foreach (var contact in contacts)
        {
            sheet.Begin();
            for (var i = 0; i < columns.Count; i++)
                switch (contact[columns[i]])
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
    }

    /// <summary>The sortable form has a way of its own in the platform, five times as fast as a pattern.</summary>
    private static string Moment(long instant)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(instant);
        return at.Millisecond != 0 ? at.ToString("yyyy-MM-dd HH:mm:ss.FFF", CultureInfo.InvariantCulture) : at.DateTime.ToString("s", CultureInfo.InvariantCulture).Replace('T', ' ');
    }

    /// <summary>Three decimals get a fourth: what reads it again would take 1,234 for a thousand and more.</summary>
    private static string WithDecimalComma(double number)
    {
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
