namespace GokaAkka.Storage;
sealed class MergeIterator(IStorageIterator[] all) : IStorageIterator
{
    int _current = -1; readonly bool[] _ahead = new bool[all.Length]; bool _started;
    public ReadOnlySpan<byte> Key => all[_current].Key; public ReadOnlySpan<byte> Value => all[_current].Value;
    public bool Next() {
        if (!_started) { for (var i = 0; i < all.Length; i++) _ahead[i] = all[i].Next(); _started = true; } else if (_current >= 0) _ahead[_current] = all[_current].Next();
        _current = -1;
        for (var i = 0; i < all.Length; i++) if (_ahead[i] && (_current < 0 || all[i].Key.SequenceCompareTo(all[_current].Key) < 0)) _current = i;
        return _current >= 0; }
    public void Seek(ReadOnlySpan<byte> key) { foreach (var i in all) i.Seek(key); _started = false; _current = -1; }
    public void Dispose() { foreach (var i in all) i.Dispose(); }
}
