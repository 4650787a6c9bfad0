using Winnow.Data;

namespace Winnow.Jobs;

/// <summary>Uploads and results of jobs, kept in the database in pieces: any process can read them, and a piece that a job
/// writes commits with the step that made it.</summary>
public sealed class Files(Db db, TimeProvider clock)
{
    /// <summary>The size of a piece in bytes.</summary>
    public const int PieceSize = 1 << 20;

    /// <summary>How long a file is kept, in days.</summary>
    public const int KeptDays = 90;

    /// <summary>What a job that reads a file says when somebody removed it.</summary>
    public const string Gone = "The uploaded file was removed while it was still needed. Upload it again and start anew; what was done before is kept.";
    private static readonly SqlFile Sql = SqlFile.Beside<Files>();

    /// <summary>Makes an empty file.</summary>
    /// <param name="expiresAt">When its content is removed; null for <see cref="KeptDays"/>.</param>
    public async Task<long> Create(Tx tx, long accountId, string name, long? userId, DateTimeOffset? expiresAt = null)
    {
        var id = await Ids.Next(tx, accountId, "file");
        await tx.Execute(Sql["create"], new { accountId, id, name, userId, now = clock.GetUtcNow(), expiresAt });
        return id;
    }

    /// <summary>Says anew when the content of a file is removed.</summary>
    public Task KeepUntil(Tx tx, long accountId, long id, DateTimeOffset until) => tx.Execute(Sql["keep-until"], new { accountId, id, until });

    /// <summary>Adds bytes at the end, as one more piece.</summary>
    public async Task Append(Tx tx, long accountId, long id, byte[] bytes)
    {
        if (bytes.Length == 0) return;
        var piece = await tx.Single<long>(Sql["grow"], new { accountId, id, size = bytes.LongLength });
        await tx.Execute(Sql["append"], new { accountId, id, piece, bytes });
    }

    /// <summary>Stores a stream, a piece a transaction.</summary>
    /// <returns>The file's id, or null when it is longer than <paramref name="maxBytes"/>; then nothing is kept.</returns>
    public async Task<long?> Store(long accountId, string name, Stream content, long maxBytes, long? userId, CancellationToken stop)
    {
        var (id, isKept) = (await db.Write(tx => Create(tx, accountId, name, userId), stop), false);
        try
        {
            isKept = await Fill(accountId, id, content, maxBytes, stop);
        }
        finally
        {
            if (!isKept) await db.Write(tx => Delete(tx, accountId, id), CancellationToken.None);       // too long, broken off, or no room for it
        }
        return isKept ? id : null;
    }

    private async Task<bool> Fill(long accountId, long id, Stream content, long maxBytes, CancellationToken stop)
    {
        var (buffer, size) = (new byte[PieceSize], 0L);
        for (int read; (read = await content.ReadAtLeastAsync(buffer, PieceSize, throwOnEndOfStream: false, stop)) > 0;)
        {
            if ((size += read) > maxBytes) return false;
            await db.Write(tx => Append(tx, accountId, id, buffer[..read]), stop);
        }
        return true;
    }

    /// <summary>Removes the file.</summary>
    public async Task Delete(Tx tx, long accountId, long id)
    {
        await tx.Execute(Sql["delete-pieces"], new { accountId, id });
        await tx.Execute(Sql["delete"], new { accountId, id });
    }

    /// <summary>Removes the content of a file for good, and imports of it that were never started. Its row stays, so that pages can say so.</summary>
    public async Task Expire(Tx tx, long accountId, long id)
    {
        await tx.Execute(Sql["delete-pieces"], new { accountId, id });
        await tx.Execute(Sql["forget-drafts"], new { accountId, id });
        await tx.Execute(Sql["expire"], new { accountId, id, now = clock.GetUtcNow() });
    }

    /// <summary>Removes the content of files that are past their own date or older than files are kept; not while a job of their account may read or write them.</summary>
    public async Task ExpireOld(CancellationToken stop)
    {
        foreach (var (accountId, id) in await db.Read(tx => tx.Query<(long, long)>(Sql["old"], new { before = clock.GetUtcNow().AddDays(-KeptDays), now = clock.GetUtcNow() }), stop))
            await db.Write(tx => Expire(tx, accountId, id), stop);
    }

    /// <summary>The next file after this one (0 to begin), and whether a job may be reading or writing it just now; null when there is none.</summary>
    public static async Task<(StoredFile File, bool IsBusy)?> Next(Tx tx, long accountId, long after) =>
        await tx.SingleOrNone<StoredFile>(Sql["next"], new { accountId, after }) is { } file ? (file, await tx.Single<bool>(Sql["busy"], new { accountId })) : null;

    /// <summary>The file, or null when this account has none of this id, or not any more.</summary>
    public Task<StoredFile?> Find(long accountId, long id) => db.Read(tx => tx.SingleOrNone<StoredFile>(Sql["find"], new { accountId, id }));

    /// <summary>The content as a stream that reads a piece at a time.</summary>
    /// <param name="from">Where to begin, in bytes; only for a file that <see cref="Store"/> cut into pieces of one size.</param>
    public Stream Open(StoredFile file, long from = 0) => Pieces(file, from, seeks: false);

    /// <summary>The content as a stream that can go to any place; only for a file that <see cref="Store"/> cut into pieces of one size.</summary>
    public Stream OpenAnywhere(StoredFile file) => Pieces(file, 0, seeks: true);

    private PieceStream Pieces(StoredFile file, long from, bool seeks) =>
        new(file.Size, from, seeks, async piece => await db.Read(tx => tx.SingleOrNone<byte[]>(Sql["piece"], new { file.AccountId, file.Id, piece })) ?? throw new JobFailedException(Gone));

    private sealed class PieceStream(long length, long from, bool seeks, Func<long, Task<byte[]>> read) : Stream
    {
        private byte[] current = [];
        private long nextPiece = from / PieceSize, done = from;
        private int at, skip = (int)(from % PieceSize);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (at == current.Length)
            {
                if (done >= length) return 0;
                (current, at, skip) = (await read(nextPiece++), skip, 0);
            }
            var count = Math.Min(buffer.Length, current.Length - at);
            current.AsMemory(at, count).CopyTo(buffer);
            (at, done) = (at + count, done + count);
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
        public override bool CanRead => true;
        public override bool CanSeek => seeks;
        public override bool CanWrite => false;
        public override long Length => length;

        public override long Position
        {
            get => done;
            set
            {
                if (!seeks || value < 0) throw new NotSupportedException();
                var piece = value / PieceSize;
                if (current.Length > 0 && piece == nextPiece - 1) at = (int)(value % PieceSize);
                else (nextPiece, skip, at, current) = (piece, (int)(value % PieceSize), 0, []);
                done = value;
            }
        }

        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>A stored file; size in bytes.</summary>
public sealed record StoredFile(long AccountId, long Id, string Name, long Size, DateTimeOffset CreatedAt);
