using LiteDB.Engine;

namespace GokaAkka.Storage.LiteDb;

/// <summary>LiteDB's engine with its two files, which are closed together.</summary>
sealed class EngineFile : IDisposable
{
    readonly PageFile _log;
    readonly PageFile _data;

    public EngineFile(StorePlace place)
    {
        _log = new PageFile(place.LogPath);
        try
        {
            _data = new PageFile(place.Path, before: _log);
            try
            {
                Engine = new LiteEngine(new EngineSettings { Filename = place.Path, DataStream = _data, LogStream = _log });
            }
            catch
            {
                _data.Dispose();
                throw;
            }
        }
        catch
        {
            _log.Dispose();
            throw;
        }
    }

    public LiteEngine Engine { get; }

    public void Dispose()
    {
        Engine.Dispose();
        _data.Dispose();
        _log.Dispose();
    }
}
