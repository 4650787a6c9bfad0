using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Winnow.Transfer.Workbooks;

/// <summary>The texts of a workbook that cells name by number. The first 32 MB of them are in memory; more go to a file of this process that has no name any more
/// once it is open, so that nothing of it stays when the process dies.</summary>
internal sealed class SharedStrings : IDisposable
{
    private const int PageSize = 1 << 16, Pages = 512, Every = 64, MostTexts = 50_000_000;
    private const long MostBytes = 4L << 30;
    private readonly (long Page, bool IsNew, byte[] Bytes)[] pages = new (long, bool, byte[])[Pages];   // the page n lies at n % 512
    private readonly List<long> places = [];                    // where every 64th text begins
    private readonly byte[] length = new byte[4];
    private SafeFileHandle? file;
    private long count, end, next, place;                       // the text after the last one read, and where it begins

    /// <summary>Reads the part that holds them.</summary>
    public async Task Read(XmlTokens xml, CancellationToken stop)
    {
        var (text, inText, spoken) = (new CellText(), false, false);
        while (await xml.Next(stop))
        {
            if (xml.Kind == XmlToken.Text) { if (inText) xml.AddTo(text); }
            else if (xml.Opens("si"u8)) text.Clear();
            else if (xml.Ends("si"u8)) await Add(text, stop);
            else if (xml.Name.SequenceEqual("rPh"u8)) spoken = xml.Kind == XmlToken.Open;       // how a text is said is not the text
            else if (xml.Name.SequenceEqual("t"u8)) inText = xml.Kind == XmlToken.Open && !spoken;
        }
        (next, place) = (0, 0);
    }

    /// <summary>Adds the text of this number.</summary>
    public async ValueTask AddTo(CellText text, long number, CancellationToken stop)
    {
        if (number < 0 || number >= count) throw BadWorkbook.Damaged;
        if (number != next) (next, place) = (number / Every * Every, places[(int)(number / Every)]);
        for (; ; next++)
        {
            await Copy(length, place, stop);
            var bytes = BinaryPrimitives.ReadInt32LittleEndian(length);
            place += 4;
            for (var done = 0; next == number && done < bytes;)
            {
                var page = await Page(place + done, stop);
                var at = (int)((place + done) % PageSize);
                var some = Math.Min(bytes - done, PageSize - at);
                text.Add(page.AsSpan(at, some));
                done += some;
            }
            place += bytes;
            if (next != number) continue;
            next++;
            return;
        }
    }

    private async ValueTask Add(CellText text, CancellationToken stop)
    {
        if (count % Every == 0) places.Add(end);
        text.Unescape();
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        await Write(length, 4, stop);
        for (var done = 0; done < text.Length;)
        {
            var page = await Page(end, stop, write: true);
            var at = (int)(end % PageSize);
            var some = Math.Min(text.Length - done, PageSize - at);
            text.Bytes.Slice(done, some).CopyTo(page.AsSpan(at));
            (done, end) = (done + some, end + some);
        }
        if (++count > MostTexts || end > MostBytes) throw BadWorkbook.TooLarge;
    }

    private async ValueTask Write(byte[] bytes, int size, CancellationToken stop)
    {
        for (var i = 0; i < size; i++, end++) (await Page(end, stop, write: true))[end % PageSize] = bytes[i];
    }

    private async ValueTask Copy(byte[] bytes, long from, CancellationToken stop)
    {
        var page = await Page(from, stop);
        var at = (int)(from % PageSize);
        if (at + bytes.Length <= PageSize) page.AsSpan(at, bytes.Length).CopyTo(bytes);
        else for (var i = 0; i < bytes.Length; i++) bytes[i] = (await Page(from + i, stop))[(from + i) % PageSize];
    }

    private async ValueTask<byte[]> Page(long position, CancellationToken stop, bool write = false)
    {
        var (number, slot) = (position / PageSize, position / PageSize % Pages);
        var held = pages[slot];
        if (held.Bytes is null) pages[slot] = held = (number, write, new byte[PageSize]);
        if (held.Page != number)
        {
            if (held.IsNew) await RandomAccess.WriteAsync(file ??= Nameless(), held.Bytes, held.Page * PageSize, stop);
            if (!write || position % PageSize > 0) await RandomAccess.ReadAsync(file!, held.Bytes, number * PageSize, stop);
            pages[slot] = held = (number, write, held.Bytes);
        }
        if (write && !held.IsNew) pages[slot].IsNew = true;
        return held.Bytes;
    }

    private static SafeFileHandle Nameless()
    {
        var name = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var file = File.OpenHandle(name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        if (!OperatingSystem.IsWindows()) File.Delete(name);
        return file;
    }

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();
}
