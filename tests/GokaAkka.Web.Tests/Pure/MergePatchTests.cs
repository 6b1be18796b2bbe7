using GokaAkka.Web.Live;

namespace GokaAkka.Web.Tests.Pure;

public sealed class MergePatchTests
{
    [Fact]
    public void Patch_must_make_the_state_before_the_one_after_whatever_they_are()
    {
        const int seed = 20260721;
        var random = new Random(seed);
        for (var round = 0; round < 2000; round++)
        {
            var (before, after) = (Some(random, 3), Some(random, 3));

            var patch = MergePatch.Between(before, after);

            var made = patch is null ? before : Apply(before.DeepClone(), patch);
            JsonNode.DeepEquals(made, after).ShouldBeTrue($"seed {seed}, round {round}: {before.ToJsonString()} to {after.ToJsonString()} by {patch?.ToJsonString()}");
        }
    }

    [Fact]
    public void Patch_must_have_only_what_has_changed()
    {
        var before = JsonNode.Parse("""{"a":1,"rows":{"0":{"lag":5,"state":"Running"},"1":{"lag":0}},"list":[1,2]}""")!;
        var after = JsonNode.Parse("""{"a":1,"rows":{"0":{"lag":7,"state":"Running"},"2":{"lag":1}},"list":[1,3]}""")!;

        MergePatch.Between(before, after)!.ToJsonString().ShouldBe("""{"rows":{"0":{"lag":7},"2":{"lag":1},"1":null},"list":[1,3]}""");
        MergePatch.Between(before, before.DeepClone()).ShouldBeNull();
    }

    static JsonObject Some(Random random, int depth)
    {
        var made = new JsonObject();
        for (var i = random.Next(5); i > 0; i--)
        {
            made[$"k{random.Next(4)}"] = random.Next(depth > 0 ? 4 : 3) switch
            {
                0 => random.Next(3), 1 => $"t{random.Next(3)}", 2 => new JsonArray(random.Next(3), random.Next(3)), _ => Some(random, depth - 1),
            };
        }

        return made;
    }

    // As RFC 7386 has it, written anew.
    static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();
        var result = target as JsonObject ?? [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                result.Remove(name);
                continue;
            }

            var old = result[name];
            result.Remove(name);
            result[name] = Apply(old, value);
        }

        return result;
    }
}
