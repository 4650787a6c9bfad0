using System.Globalization;

namespace Winnow.Transfer.Workbooks;

/// <summary>What a number of a sheet means: Excel stores dates, times and numbers with leading zeros as numbers and tells them apart by their format only.</summary>
internal sealed class CellFormats
{
    private const int Plain = 0, Date = -1, Time = -2, MostFormats = 100_000;
    private const double DaysTo1970 = 25_569, DaysTo10000 = 2_958_466;
    private static readonly long[] BuiltInDates = [14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58], BuiltInTimes = [18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47];
    private readonly List<int> forms = [];                      // by style; more than zero: so many digits

    /// <summary>Days count from 1904, as old Macs did.</summary>
    public bool From1904 { get; init; }

    /// <summary>Reads the part that holds the formats.</summary>
    public async Task Read(XmlTokens xml, CancellationToken stop)
    {
        var (codes, inCells) = (new Dictionary<long, int>(), false);
        while (await xml.Next(stop))
        {
            if (xml.Opens("numFmt"u8) && codes.Count < MostFormats) codes[xml.Number("numFmtId"u8, -1)] = Form(xml.Text("formatCode"u8));
            else if (xml.Opens("cellXfs"u8)) inCells = true;
            else if (xml.Ends("cellXfs"u8)) inCells = false;
            else if (inCells && xml.Opens("xf"u8) && forms.Count < MostFormats) forms.Add(Of(xml.Number("numFmtId"u8, 0), codes));
        }
    }

    /// <summary>What the person sees in the cell, in a form that properties read: 2026-11-22, 2026-11-22 09:14:00, 09:14:00, 0042, 12.5.</summary>
    /// <param name="style">The style of the cell.</param>
    public string Text(double number, long style)
    {
        var form = style >= 0 && style < forms.Count ? forms[(int)style] : Plain;
        if (form is Date or Time && number is >= 0 and < DaysTo10000) return form == Time || number < 1 && !From1904 ? Clock(number) : Day(number);
        if (Math.Abs(number) >= 1e18 || number != Math.Floor(number)) return number.ToString("R", CultureInfo.InvariantCulture);
        return ((long)number).ToString(form > 0 ? $"D{form}" : "D", CultureInfo.InvariantCulture);
    }

    private string Day(double serial)
    {
        var days = From1904 ? serial + 1_462 : serial < 60 ? serial + 1 : serial;           // Excel knows a 29 February 1900
        var at = DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round((days - DaysTo1970) * 86_400_000));
        return at.ToString(at.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : at.Millisecond == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
    }

    private static string Clock(double days)
    {
        var seconds = (long)Math.Round(days * 86_400);
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / 3_600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}");
    }

    private static int Of(long id, Dictionary<long, int> codes) =>
        codes.TryGetValue(id, out var form) ? form : BuiltInDates.Contains(id) ? Date : BuiltInTimes.Contains(id) ? Time : Plain;

    /// <summary>What a format code such as dd-mm-yyyy says.</summary>
    private static int Form(string code)
    {
        if (code.Length is > 1 and <= 15 && code.All(c => c == '0')) return code.Length;
        if (code.StartsWith("General", StringComparison.OrdinalIgnoreCase)) return Plain;
        var (isDate, isTime, months) = (false, false, false);
        for (var at = 0; at < code.Length && code[at] != ';'; at++)
        {
            var c = char.ToLowerInvariant(code[at]);
            var end = c == '"' ? code.IndexOf('"', at + 1) : c == '[' ? code.IndexOf(']', at) : at;
            if (end < 0) break;
            if (c is '\\' or '_' or '*') at++;
            else if (c is '"' or '[') isTime |= c == '[' && code[(at + 1)..end].ToLowerInvariant() is "h" or "hh" or "m" or "mm" or "s" or "ss";
            else (isDate, isTime, months) = (isDate || c is 'y' or 'd', isTime || c is 'h' or 's', months || c == 'm');
            at = Math.Max(at, end);
        }
        return isDate || months && !isTime ? Date : isTime ? Time : Plain;
    }
}
