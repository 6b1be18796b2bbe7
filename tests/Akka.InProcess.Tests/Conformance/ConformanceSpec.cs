using System.Reflection;
using Akka.Actor;

namespace Akka.InProcess.Tests.Conformance;

/// <summary>What compiles against the in-process assemblies must compile against Akka.NET 1.5.30.</summary>
public sealed class ConformanceSpec
{
    // Interfaces that only the runtime implements; of these a part will do. All others must be whole, for what implements
    // them here must implement them there.
    static readonly HashSet<string> s_implementedByTheRuntime =
    [
        "Akka.Actor.IActorContext", "Akka.Actor.IActorRef", "Akka.Actor.IActorRefProvider", "Akka.Actor.IActionScheduler", "Akka.Actor.IAdvancedScheduler", "Akka.Actor.IScheduler",
        "Akka.Configuration.Hocon.IMightBeAHoconObject", "Akka.TestKit.IEventFilterApplier",
    ];

    static readonly Assembly[] s_assemblies = [typeof(ActorSystem).Assembly, typeof(Akka.TestKit.TestKitBase).Assembly];

    static readonly AkkaApi s_akka = new();

    static IEnumerable<Type> Types => s_assemblies.SelectMany(PublicApi.Types);

    [Fact]
    public void Every_public_type_must_be_one_of_Akka_NETs() =>
        Differences(Types.Where(type => !s_akka.Has(type.FullName)).Select(type => $"{type.FullName} is no type of Akka.NET, or akka-api.txt lacks it"));

    [Fact]
    public void Every_type_must_be_of_the_same_kind() => Differences(
        from type in Types.Where(Known)
        let here = PublicApi.Kind(type)
        let there = s_akka.Kind(type.FullName)
        // Abstract or sealed here and not there only forbids what is allowed there.
        where here[^1] != there[^1] || there.Except(here).Any()
        select $"{type.FullName} is a {string.Join(' ', here)}, Akka.NET's is a {string.Join(' ', there)}");

    [Fact]
    public void Every_base_and_interface_must_be_one_there() => Differences(
        from type in Types.Where(Known)
        let there = s_akka.Bases(type.FullName)
        from here in PublicApi.Bases(type)
        where !there.Contains(here)
        select $"{type.FullName} is a {here}, Akka.NET's is not");

    [Fact]
    public void Every_member_must_have_the_same_signature_there() => Differences(
        from type in Types.Where(Known)
        from member in PublicApi.Members(type)
        where !s_akka.HasMember(type.FullName, member)
        select $"{type.FullName} :: {member} is no member of Akka.NET's");

    [Fact]
    public void Every_interface_that_programs_implement_must_be_whole() => Differences(
        from type in Types.Where(Known)
        where type.IsInterface && !s_implementedByTheRuntime.Contains(type.FullName)
        from member in s_akka.DeclaredMembers(type.FullName).Except(PublicApi.Members(type))
        select $"{type.FullName} lacks {member}");

    [Fact]
    public void The_README_must_list_every_type() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "README.md"))
            .Where(line => line.StartsWith("    Akka.", StringComparison.Ordinal)).Select(line => line.Trim())
            .Order(StringComparer.Ordinal).ShouldBe(Types.Select(type => type.FullName).Order(StringComparer.Ordinal));

    static bool Known(Type type) => s_akka.Has(type.FullName);

    static void Differences(IEnumerable<string> differences) => string.Join("\n", differences.Order(StringComparer.Ordinal)).ShouldBe("");
}
