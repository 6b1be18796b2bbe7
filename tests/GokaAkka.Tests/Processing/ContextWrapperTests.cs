using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using GokaAkka.Tests.Architecture;

namespace GokaAkka.Tests.Processing;

/// <summary>Whatever a context has, its wrapper has too, to be overridden, and hands it on.</summary>
public sealed class ContextWrapperTests
{
    readonly IContext<string> _inner = DispatchProxy.Create<IContext<string>, Recorder>();
    readonly Recorder _recorder;
    readonly Wrapper _wrapper;

    public ContextWrapperTests()
    {
        _recorder = (Recorder)_inner;
        _wrapper = new Wrapper(_inner);
    }

    public static TheoryData<string> Members => [.. typeof(IContext<string>).GetMethods().Select(m => m.ToString()!)];

    // A span cannot be called for by reflection.
    public static TheoryData<string> CallableMembers =>
        [.. typeof(IContext<string>).GetMethods().Where(m => !m.ReturnType.IsByRefLike).Select(m => m.ToString()!)];

    [Theory]
    [MemberData(nameof(Members))]
    public void Every_member_can_be_overridden(string member)
    {
        var method = OfWrapper(Member(member));

        (method.IsPublic, method.IsVirtual, method.IsFinal).ShouldBe((true, true, false), method.ToString());
        method.DeclaringType.ShouldBe(typeof(ContextWrapper<string>));
    }

    [Theory]
    [MemberData(nameof(Members))]
    public void Every_member_calls_the_same_member_of_the_wrapped_context_and_no_other_one(string member)
    {
        var method = Member(member);

        // By its code, which holds for spans too.
        Calls(OfWrapper(method)).ShouldBe(["get_Inner", method.ToString()!]);
    }

    [Theory]
    [MemberData(nameof(CallableMembers))]
    public void Every_member_hands_on_its_arguments_and_gives_back_the_result(string member)
    {
        var method = Member(member);
        var called = method.IsGenericMethodDefinition ? method.MakeGenericMethod(typeof(string)) : method;
        var arguments = called.GetParameters().Select(p => p.IsOut ? null : ValueOf(p.ParameterType)).ToArray();
        var expected = arguments.ToArray();
        _recorder.Result = called.ReturnType == typeof(void) ? null : ValueOf(called.ReturnType);

        var result = called.Invoke(_wrapper, arguments);

        _recorder.Called!.ToString().ShouldBe(called.ToString());
        _recorder.Arguments.ShouldBe(expected);
        result.ShouldBe(_recorder.Result);
        if (method.Name == "TryGetValue")
            arguments[0].ShouldBe(Recorder.Out);
    }

    [Fact]
    public void Nothing_cannot_be_wrapped() => Should.Throw<ArgumentNullException>(() => new Wrapper(null!));

    static MethodInfo Member(string name) => typeof(IContext<string>).GetMethods().Single(m => m.ToString() == name);

    static MethodInfo OfWrapper(MethodInfo member)
    {
        var map = typeof(ContextWrapper<string>).GetInterfaceMap(typeof(IContext<string>));
        return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, member)];
    }

    static List<string> Calls(MethodInfo method)
    {
        using var file = new PEReader(File.OpenRead(method.Module.FullyQualifiedName));
        var definition = file.GetMetadataReader().GetMethodDefinition((MethodDefinitionHandle)MetadataTokens.Handle(method.MetadataToken));
        return [.. IlTokens.In(file.GetMethodBody(definition.RelativeVirtualAddress).GetILReader())
            .Select(t => method.Module.ResolveMember(t, method.DeclaringType!.GetGenericArguments(), method.GetGenericArguments()))
            .OfType<MethodInfo>()
            .Select(m => m.Name == "get_Inner" ? m.Name : (m.IsGenericMethod ? m.GetGenericMethodDefinition() : m).ToString()!)];
    }

    // A value of its own for every type, so that one argument is not taken for another.
    static object? ValueOf(Type type) => type switch
    {
        _ when type == typeof(string) => $"text {Guid.NewGuid()}",
        _ when type == typeof(int) => 7,
        _ when type == typeof(long) => 8L,
        _ when type == typeof(bool) => true,
        _ when type == typeof(Key) => new Key("key"),
        _ when type == typeof(DateTimeOffset?) => DateTimeOffset.UnixEpoch,
        _ when type == typeof(Headers) => Headers.Of("name", "value"),
        _ when type == typeof(CancellationToken) => new CancellationToken(true),
        _ when type == typeof(Exception) => new InvalidOperationException(),
        _ when type == typeof(DeferredCommit) => null,
        _ => Activator.CreateInstance(type, [.. type.GetConstructors()[0].GetParameters().Select(p => p.ParameterType == typeof(string) ? "topic" : (object?)null)]),
    };

    sealed class Wrapper(IContext<string> inner) : ContextWrapper<string>(inner);

    /// <summary>Remembers the last call.</summary>
    public class Recorder : DispatchProxy
    {
        public const string Out = "given out";

        public object? Result { get; set; }

        public MethodInfo? Called { get; private set; }

        public object?[]? Arguments { get; private set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Called = targetMethod;
            Arguments = args!.ToArray();
            if (targetMethod!.Name == "TryGetValue")
                args![0] = Out;
            return Result;
        }
    }
}
