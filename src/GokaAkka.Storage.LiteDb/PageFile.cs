namespace GokaAkka.Storage.LiteDb;

/// <summary>
/// A file as LiteDB reads and writes it: page by page, under a lock of its own. It keeps the order that a power failure must find: the pages of a
/// transaction before the one that confirms it, which is on the disk when its write returns, and the log before the data. It holds nothing back in a
/// buffer, so that closing it on a full disk cannot fail.
/// </summary>
/// <param name="path">The file; made when absent. It may be removed while it is open.</param>
/// <param name="log">For the file of data: its log.</param>
sealed class PageFile(string path, PageFile? log = null)
    : FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0)
{
    // Where LiteDB's pages say that they are the last of a transaction.
    const int IsConfirmed = 18;

    bool _isDirty;

    public override void Write(byte[] buffer, int offset, int count)
    {
        log?.Flush();
        var isConfirming = log is null && buffer[offset + IsConfirmed] != 0;
        if (isConfirming)
            Flush();
        _isDirty = true;
        base.Write(buffer, offset, count);
        if (isConfirming)
            Flush();
    }

    public override void SetLength(long value)
    {
        _isDirty = true;
        base.SetLength(value);
    }

    public override void Flush() => Flush(flushToDisk: true);

    public override void Flush(bool flushToDisk)
    {
        if (!_isDirty)
            return;
        base.Flush(flushToDisk: true);
        _isDirty = false;
    }
}
