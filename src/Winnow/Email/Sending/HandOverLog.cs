using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Winnow.Jobs;

namespace Winnow.Email.Sending;

/// <summary>Which mails of one run may have reached the relay: each is noted just before its last byte goes out. A file, because a connection waits for
/// every note and a database would be too far away: a note is one write to the system's cache, which outlives the process, also when it is killed.
/// <para>Who comes after a run closes its log and reads it. The log is believed only on the machine where it was written and until that machine starts
/// anew; in every other case all mails that were taken up count as handed over, so that nobody gets two.</para></summary>
public sealed class HandOverLog : IDisposable
{
    private const int HeaderBytes = 64;
    private const long NotHandedOver = 1L << 62;
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"winnow-handovers-{Environment.UserName}");
    private static readonly string BootId = File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "";

    private readonly SafeFileHandle file;
    private readonly string path;
    private readonly Lock gate = new();
    private long end = HeaderBytes;

    private HandOverLog(string name)
    {
        (Name, path) = (name, Open(name));
        file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(BootId.PadRight(HeaderBytes)), 0);
    }

    /// <summary>How the log is found again.</summary>
    public string Name { get; }

    /// <summary>An empty log for a new run.</summary>
    public static HandOverLog Begin()
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Folder);
        else Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new(Guid.NewGuid().ToString("N"));
    }

    /// <summary>Notes that a mail is being handed over.</summary>
    /// <exception cref="LeaseLostException">Someone came after this run and has read the log: the mail must not go out.</exception>
    public void Note(long contactId)
    {
        Write(contactId);
        // first the note, then the look; who closes does it the other way round: one of the two sees the other
        if (!File.Exists(path)) throw new LeaseLostException();
    }

    /// <summary>Notes that the relay took a mail: after a crash its outcome is known although the database had not heard of it yet.</summary>
    public void Taken(long contactId) => Write(-contactId);

    /// <summary>Takes a note back: nothing of that mail reached the relay.</summary>
    public void Back(long contactId) => Write(contactId | NotHandedOver);

    /// <summary>Closes a log for good, whoever writes it, and reads it.</summary>
    /// <returns>What was noted; null when there is no log to be believed.</returns>
    public static HandedOver? Close(string? name)
    {
        if (name is null || BootId.Length == 0) return null;
        try
        {
            if (File.Exists(Open(name))) File.Move(Open(name), Closed(name));
            return File.Exists(Closed(name)) ? Read(File.ReadAllBytes(Closed(name))) : null;
        }
        catch (IOException) { return null; }
        catch (UnauthorizedAccessException) { return null; }
    }

    /// <summary>Throws a log away, once what it said is committed. Whoever still writes it finds it closed.</summary>
    public static void Forget(string? name)
    {
        if (name is null || !Directory.Exists(Folder)) return;
        File.Delete(Open(name));
        File.Delete(Closed(name));
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private void Write(long note)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, note);
        lock (gate)
        {
            RandomAccess.Write(file, bytes, end);
            end += bytes.Length;
        }
    }

    private static HandedOver? Read(byte[] bytes)
    {
        if (bytes.Length < HeaderBytes || Encoding.ASCII.GetString(bytes, 0, HeaderBytes).Trim() != BootId) return null;
        var (handedOver, taken) = (new HashSet<long>(), new HashSet<long>());
        for (var at = HeaderBytes; at + 8 <= bytes.Length; at += 8)
            switch (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at)))
            {
                case < 0 and var note: taken.Add(-note); break;
                case >= NotHandedOver and var note: handedOver.Remove(note ^ NotHandedOver); break;
                case var note: handedOver.Add(note); break;
            }
        return new(handedOver, taken);
    }

    private static string Open(string name) => Path.Combine(Folder, name + ".open");

    private static string Closed(string name) => Path.Combine(Folder, name + ".closed");
}

/// <summary>What a log said, by contact.</summary>
/// <param name="Contacts">Whose mail was about to go out, and may have.</param>
/// <param name="Taken">Whose mail the relay took.</param>
public sealed record HandedOver(IReadOnlySet<long> Contacts, IReadOnlySet<long> Taken);
