using Microsoft.Win32.SafeHandles;

namespace GokaAkka.Storage.LiteDb;

/// <summary>
/// A file as LiteDB reads and writes it: page by page, under a lock of its own. Unlike the streams that LiteDB makes itself it holds nothing back
/// in a buffer, so that closing it on a full disk cannot fail, and it keeps the order that a power loss must find: log before data.
/// </summary>
/// <param name="path">The file; made when absent.</param>
/// <param name="before">What must be on disk before anything is written here.</param>
sealed class PageFile(string path, PageFile? before = null) : Stream
{
    readonly SafeFileHandle _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
    bool _isDirty;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => RandomAccess.GetLength(_file);

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = RandomAccess.Read(_file, buffer, Position);
        Position += read;
        return read;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        before?.Flush();
        _isDirty = true;
        RandomAccess.Write(_file, buffer, Position);
        Position += buffer.Length;
    }

    public override void SetLength(long value)
    {
        _isDirty = true;
        RandomAccess.SetLength(_file, value);
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    /// <summary>Puts what was written on the disk.</summary>
    public override void Flush()
    {
        if (!_isDirty)
            return;
        RandomAccess.FlushToDisk(_file);
        _isDirty = false;
    }

    protected override void Dispose(bool disposing)
    {
        _file.Dispose();
        base.Dispose(disposing);
    }
}
