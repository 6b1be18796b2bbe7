using System.Text.Json.Nodes;

namespace GokaAkka.Web.Live;

/// <summary>RFC 7386: what has to change in one JSON object to make it another. Arrays are replaced as a whole.</summary>
static class MergePatch
{
    /// <summary>The patch, or null where nothing has changed.</summary>
    public static JsonNode? Between(JsonNode before, JsonNode after)
    {
        if (before is not JsonObject from || after is not JsonObject to)
            return JsonNode.DeepEquals(before, after) ? null : after.DeepClone();
        JsonObject? patch = null;
        foreach (var (name, value) in to)
        {
            // Null in a patch means gone; the models have no nulls.
            if (value is null)
                continue;
            if (!from.TryGetPropertyValue(name, out var old) || old is null)
                (patch ??= [])[name] = value.DeepClone();
            else if (Between(old, value) is { } change)
                (patch ??= [])[name] = change;
        }

        foreach (var (name, _) in from)
        {
            if (!to.ContainsKey(name))
                (patch ??= [])[name] = null;
        }

        return patch;
    }
}
