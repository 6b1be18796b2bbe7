using System.Text.Json;
using System.Text.Json.Nodes;
using GokaAkka.Web.Api;
using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Live;

/// <summary>
/// One page's data, kept up to date while somebody watches it: made once for all who watch, and sent to them as what has changed. Safe for concurrent use.
/// </summary>
sealed class LivePage(Func<Picture, object> model)
{
    readonly Lock _lock = new();
    readonly List<LiveWatch> _watches = [];
    JsonNode? _shown;
    bool _isOver;

    public int Watchers
    {
        get
        {
            lock (_lock)
                return _watches.Count;
        }
    }

    /// <summary>Begins to watch; null when the page was given up because nobody did.</summary>
    public LiveWatch? Watch(Picture picture)
    {
        lock (_lock)
        {
            if (_isOver)
                return null;
            _shown ??= Make(picture);
            var watch = new LiveWatch(Leave);
            watch.Send("state", _shown.ToJsonString(ApiJson.Options));
            _watches.Add(watch);
            return watch;
        }
    }

    /// <summary>Shows what is seen now.</summary>
    /// <returns>Whether somebody watches; false once, and for ever.</returns>
    public bool Show(Picture picture)
    {
        lock (_lock)
        {
            if (_watches.Count == 0)
            {
                _isOver = true;
                return false;
            }

            var now = Make(picture);
            var patch = MergePatch.Between(_shown!, now);
            _shown = now;
            if (patch is null)
                return true;
            var change = patch.ToJsonString(ApiJson.Options);
            // Who does not read fast enough begins anew.
            _watches.RemoveAll(w => !w.Send("patch", change));
            return true;
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _isOver = true;
            _watches.ForEach(static w => w.Close());
            _watches.Clear();
        }
    }

    void Leave(LiveWatch watch)
    {
        lock (_lock)
            _watches.Remove(watch);
    }

    JsonNode Make(Picture picture) => JsonSerializer.SerializeToNode(model(picture), ApiJson.Options)!;
}
