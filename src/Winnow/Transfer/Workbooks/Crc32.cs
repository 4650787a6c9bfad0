using System.Buffers.Binary;

namespace Winnow.Transfer.Workbooks;

/// <summary>The checksum of zip archives (ISO 3309), eight bytes at a time.</summary>
internal sealed class Crc32
{
    private static readonly uint[][] Tables = Make();
    private uint state;

    /// <summary>Goes on from a checksum.</summary>
    /// <param name="value">That of what came before; 0 to begin.</param>
    public Crc32(uint value = 0) => state = ~value;

    /// <summary>The checksum of all that was added.</summary>
    public uint Value => ~state;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var crc = state;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = Tables[7][low & 255] ^ Tables[6][low >> 8 & 255] ^ Tables[5][low >> 16 & 255] ^ Tables[4][low >> 24]
                ^ Tables[3][high & 255] ^ Tables[2][high >> 8 & 255] ^ Tables[1][high >> 16 & 255] ^ Tables[0][high >> 24];
        }
        foreach (var b in bytes) crc = Tables[0][(crc ^ b) & 255] ^ crc >> 8;
        state = crc;
    }

    private static uint[][] Make()
    {
        var tables = Enumerable.Range(0, 8).Select(_ => new uint[256]).ToArray();
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
            tables[0][i] = crc;
        }
        for (var t = 1; t < 8; t++)
            for (var i = 0; i < 256; i++) tables[t][i] = tables[t - 1][i] >> 8 ^ tables[0][tables[t - 1][i] & 255];
        return tables;
    }
}
