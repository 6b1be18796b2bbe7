namespace Akka.Actor;

public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    public const string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    internal const long UndefinedUid = 0;

    internal const string ValidActorNameDescription =
        $"Actor paths MUST: not start with `$`, not be empty, and only contain ASCII letters, digits and these special characters: `{ValidSymbols}`";

    string[] _elements;
    string _withoutAddress;

    internal ActorPath(Address address, ActorPath parent, string name, long uid)
    {
        Address = address;
        Parent = parent ?? this;
        Name = name;
        Uid = uid;
        Depth = parent == null ? 0 : parent.Depth + 1;
    }

    public Address Address { get; }

    /// <summary>The path above; the root's is the root.</summary>
    public ActorPath Parent { get; }

    public ActorPath Root => ParentOf(0);

    public string Name { get; }

    /// <summary>Tells incarnations of the same path apart; no part of <see cref="Equals(ActorPath)"/>.</summary>
    public long Uid { get; }

    public int Depth { get; }

    public IReadOnlyList<string> Elements => _elements ??= CollectElements();

    public ActorPath Child(string childName) => this / childName;

    public abstract ActorPath WithUid(long uid);

    public ActorPath ParentOf(int depth)
    {
        var path = this;
        if (depth >= 0)
        {
            while (path.Depth > depth)
                path = path.Parent;
        }
        else
        {
            for (var up = depth; up < 0 && path.Depth > 0; up++)
                path = path.Parent;
        }
        return path;
    }

    public static ActorPath operator /(ActorPath path, string name) => new ChildActorPath(path, name, UndefinedUid);

    public static ActorPath operator /(ActorPath path, IEnumerable<string> name) =>
        name.Where(element => !string.IsNullOrEmpty(element)).Aggregate(path, (above, element) => above / element);

    public static bool operator ==(ActorPath left, ActorPath right) => Equals(left, right);

    public static bool operator !=(ActorPath left, ActorPath right) => !Equals(left, right);

    public static ActorPath Parse(string path) =>
        TryParse(path, out var parsed) ? parsed : throw new UriFormatException($"Can not parse an ActorPath: {path}");

    public static bool TryParse(string path, out ActorPath actorPath)
    {
        actorPath = null;
        if (!Address.TryParse(path, out var address, out var elements))
            return false;
        var hash = elements.IndexOf('#');
        var uid = UndefinedUid;
        if (hash >= 0 && !long.TryParse(elements.AsSpan(hash + 1), out uid))
            return false;
        actorPath = new RootActorPath(address) / (hash < 0 ? elements : elements[..hash]).Split('/');
        if (uid != UndefinedUid)
            actorPath = actorPath.WithUid(uid);
        return true;
    }

    public static bool IsValidPathElement(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] == '$')
            return false;
        for (var i = 0; i < s.Length; i++)
        {
            if (char.IsAsciiLetterOrDigit(s[i]) || ValidSymbols.Contains(s[i]))
                continue;
            if (s[i] != '%' || i + 2 >= s.Length || !char.IsAsciiHexDigit(s[i + 1]) || !char.IsAsciiHexDigit(s[i + 2]))
                return false;
            i += 2;
        }
        return true;
    }

    public static string FormatPathElements(IEnumerable<string> pathElements) => "/" + string.Join("/", pathElements);

    /// <summary>The elements, "/user/a": without address and uid.</summary>
    public string ToStringWithoutAddress() => _withoutAddress ??= Depth == 0 ? "/" : FormatPathElements(Elements);

    /// <summary>"akka://system/user/a".</summary>
    public override string ToString() => ToStringWithAddress();

    public string ToStringWithAddress() => ToStringWithAddress(Address);

    public string ToStringWithAddress(Address address) =>
        // A path that knows its host keeps it: it names an actor that is elsewhere.
        (Address.Host != null && Address.Port.HasValue ? Address : address) + ToStringWithoutAddress();

    public string ToStringWithUid() => WithUidSuffix(ToStringWithAddress());

    public string ToSerializationFormat() => WithUidSuffix(ToStringWithAddress());

    public string ToSerializationFormatWithAddress(Address address) => WithUidSuffix(ToStringWithAddress(address));

    public bool Equals(ActorPath other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || Depth != other.Depth || !Address.Equals(other.Address))
            return false;
        for (ActorPath a = this, b = other; a.Depth > 0; a = a.Parent, b = b.Parent)
        {
            if (ReferenceEquals(a, b))
                return true;
            if (a.Name != b.Name)
                return false;
        }
        return true;
    }

    public override bool Equals(object obj) => Equals(obj as ActorPath);

    public override int GetHashCode() => HashCode.Combine(Depth, Name, Parent.Name);

    public int CompareTo(ActorPath other) => other is null ? 1 : string.CompareOrdinal(ToString(), other.ToString());

    string WithUidSuffix(string path) => Uid == UndefinedUid ? path : path + "#" + Uid;

    string[] CollectElements()
    {
        var elements = new string[Depth];
        for (var path = this; path.Depth > 0; path = path.Parent)
            elements[path.Depth - 1] = path.Name;
        return elements;
    }
}

public sealed class RootActorPath : ActorPath
{
    public RootActorPath(Address address, string name = "")
        : base(address, null, name, UndefinedUid)
    {
    }

    public override ActorPath WithUid(long uid) =>
        uid == UndefinedUid ? this : throw new NotSupportedException("The root path has no uid.");
}

public sealed class ChildActorPath : ActorPath
{
    public ChildActorPath(ActorPath parentPath, string name, long uid)
        : base(parentPath.Address, parentPath, name, uid)
    {
    }

    public override ActorPath WithUid(long uid) => uid == Uid ? this : new ChildActorPath(Parent, Name, uid);
}
