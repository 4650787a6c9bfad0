namespace Winnow.Transfer.Workbooks;

/// <summary>A part of a workbook as it is unpacked: counts what all parts unpack to, so that a small file cannot fill the machine, and compares the checksum at the end.</summary>
/// <param name="budget">Shared by all parts.</param>
internal sealed class WorkbookPart(Stream unpacked, uint checksum, UnpackBudget budget) : ReadingStream
{
    private readonly Crc32 crc = new();
    private bool isEnded;

    /// <summary>Opens a part.</summary>
    public static async Task<WorkbookPart> Open(ZipParts zip, ZipPart part, UnpackBudget budget, CancellationToken stop) =>
        part.IsLocked ? throw new BadWorkbook(UploadFaults.Locked) : new(await zip.Open(part, stop), part.Checksum, budget);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (isEnded) return 0;
        var read = await unpacked.ReadAsync(buffer, cancellationToken);
        budget.Take(read);
        crc.Add(buffer.Span[..read]);
        isEnded = read == 0;
        return isEnded && crc.Value != checksum ? throw BadWorkbook.Damaged : read;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) unpacked.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>How much the parts of one workbook may unpack to: so many times the size of the file, which no sheet that people made comes near, and never more than a limit.</summary>
/// <param name="packed">The size of the file in bytes.</param>
internal sealed class UnpackBudget(long packed)
{
    private const long Least = 64L << 20, Most = 16L << 30, Ratio = 200;
    private long left = Math.Clamp(packed * Ratio, Least, Most);

    /// <summary>Takes bytes out of it.</summary>
    public void Take(int bytes)
    {
        if ((left -= bytes) < 0) throw BadWorkbook.TooLarge;
    }
}
