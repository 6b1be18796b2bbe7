using System.Security.Cryptography;

namespace GokaAkka.Storage;

/// <summary>
/// Where a table partition's files live: <c>directory/owner/topic.partition.extension</c>, for every owner and topic that Kafka allows and on
/// every file system, without two stores ever sharing a file.
/// </summary>
/// <remarks>
/// Owners and topics may hold characters that a file system does not take, differ in case only, be <c>..</c>, or be too long for one
/// file name. So everything but small letters, digits, <c>.</c>, <c>_</c> and <c>-</c> becomes <c>%</c> and two hexadecimal digits per UTF-8
/// byte. A name that is longer than 120 characters then keeps the first 80, followed by <c>~</c> and half its SHA-256: some file systems
/// and libraries take no more than 255 characters a name and 512 a path.
/// </remarks>
static class StoreFileName
{
    const int Longest = 120;
    const int KeptOfLonger = 80;
    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    static readonly string[] Devices = ["con", "prn", "aux", "nul", "com", "lpt"];

    /// <summary>The path of a store's file.</summary>
    /// <param name="directory">Where all stores live.</param>
    /// <param name="id">The store.</param>
    /// <param name="extension">What the file name ends with, its dot included.</param>
    public static string Of(string directory, StorageId id, string extension) =>
        Path.Combine(Path.GetFullPath(directory), Escape(id.Owner), $"{Escape(id.Topic)}.{id.Partition}{extension}");

    /// <summary>A file name that stands for any name, and for no other.</summary>
    /// <exception cref="ArgumentException">The name is no Unicode text: half a surrogate pair.</exception>
    public static string Escape(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var bytes = Utf8.GetBytes(name);
        if (bytes.Length == 0)
            return "%";
        var escaped = new StringBuilder(bytes.Length + 16);
        var mustEscapeFirst = IsDevice(name);
        for (var i = 0; i < bytes.Length; i++)
        {
            // A dot at either end hides a file, leads up, or is dropped by Windows.
            var isOuterDot = bytes[i] == '.' && (i == 0 || i == bytes.Length - 1);
            if (IsPlain(bytes[i]) && !isOuterDot && !(mustEscapeFirst && i == 0))
                escaped.Append((char)bytes[i]);
            else
                escaped.Append('%').Append(Convert.ToHexStringLower(bytes, i, 1));
        }

        if (escaped.Length <= Longest)
            return escaped.ToString();
        return $"{escaped.ToString(0, KeptOfLonger)}~{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}";
    }

    static bool IsPlain(byte letter) => letter is >= (byte)'a' and <= (byte)'z' or >= (byte)'0' and <= (byte)'9' or (byte)'.' or (byte)'_' or (byte)'-';

    // Windows takes "nul", "nul.0.db" and "com1" for devices, in every folder.
    static bool IsDevice(string name)
    {
        var stem = name.AsSpan(0, name.IndexOf('.') is var dot and >= 0 ? dot : name.Length).TrimEnd("0123456789");
        foreach (var device in Devices)
        {
            if (stem.SequenceEqual(device))
                return true;
        }

        return false;
    }
}
