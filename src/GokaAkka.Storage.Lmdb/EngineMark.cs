namespace GokaAkka.Storage.Lmdb;

/// <summary>
/// What has to be known of a store's file before LMDB opens it, in a small file beside it: which LMDB wrote it, and how long it was. LMDB cannot read a file
/// of another version, and opens one that was cut off as if nothing were missing, or dies of it.
/// </summary>
sealed class EngineMark(StorePlace place)
{
    const int Format = 1;

    long _length = -1;

    /// <summary>How long the file is; 0 where there is none.</summary>
    public long Length => new FileInfo(place.Path) is { Exists: true } file ? file.Length : 0;

    public static string PathOf(string store) => store + ".mark";

    /// <summary>Looks whether LMDB may open the file, and notes that it will where there is none.</summary>
    /// <exception cref="StorageCorruptException">It may not; the message says why.</exception>
    public void Check()
    {
        if (Length is var length && length > 0)
        {
            var mark = File.Exists(PathOf(place.Path)) ? File.ReadAllText(PathOf(place.Path)).Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
            if (mark is not [var version, var format, var bytes] || !long.TryParse(bytes, CultureInfo.InvariantCulture, out var expected))
                throw place.Corrupt($"nothing says which LMDB wrote it: expected that in {PathOf(place.Path)}");
            if (version != LmdbLibrary.Version || format != $"{Format}")
                throw place.Corrupt($"LMDB {version} wrote it in format {format}, and LMDB {LmdbLibrary.Version} with format {Format} is to read it");
            if (length < expected)
                throw place.Corrupt($"it has {length} bytes, expected {expected}: it was cut off");
        }

        Update();
    }

    /// <summary>Notes how long the file is, when it has grown.</summary>
    public void Update()
    {
        if (Length is var length && length == _length)
            return;
        // Of the same length each time and written over: on a full disk the older one stays whole.
        var mark = string.Create(CultureInfo.InvariantCulture, $"{LmdbLibrary.Version} {Format} {length,20}");
        using var file = File.OpenHandle(PathOf(place.Path), FileMode.OpenOrCreate, FileAccess.Write);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(mark), 0);
        _length = length;
    }

    /// <summary>The same, where that is possible: a mark that tells of a shorter file is right as well.</summary>
    public void TryUpdate()
    {
        try
        {
            Update();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next batch tries again.
        }
    }
}
