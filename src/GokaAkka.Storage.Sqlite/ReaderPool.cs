using System.Collections.Concurrent;

namespace GokaAkka.Storage.Sqlite;

/// <summary>The connections that read. A thread takes one for a read or an iteration and gives it back.</summary>
sealed class ReaderPool(StorePlace place, SqliteStorageOptions options) : IDisposable
{
    const int MostIdle = 4;

    readonly ConcurrentStack<Reader> _others = new();
    Reader? _last;
    volatile bool _closed;

    public bool IsClosed => _closed;

    public Reader Take(long version)
    {
        var reader = Interlocked.Exchange(ref _last, null) ?? (_others.TryPop(out var other) ? other : NewReader());
        try
        {
            reader.MoveTo(version);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public void Give(Reader reader)
    {
        if (Interlocked.CompareExchange(ref _last, reader, null) is null)
        {
        }
        else if (_others.Count < MostIdle - 1)
        {
            _others.Push(reader);
        }
        else
        {
            reader.Dispose();
        }

        // Closed meanwhile: nobody else would close it.
        if (_closed)
            Dispose();
    }

    /// <summary>Makes the idle readers let go of their snapshots.</summary>
    public void ReleaseIdle()
    {
        if (Interlocked.Exchange(ref _last, null) is { } last)
        {
            last.Release();
            Give(last);
        }

        for (var i = _others.Count; i > 0 && _others.TryPop(out var reader); i--)
        {
            reader.Release();
            Give(reader);
        }
    }

    Reader NewReader() => new(place, options.CacheBytes / 2 / MostIdle, options.MapFiles);

    public void Dispose()
    {
        _closed = true;
        Interlocked.Exchange(ref _last, null)?.Dispose();
        while (_others.TryPop(out var reader))
            reader.Dispose();
    }
}
