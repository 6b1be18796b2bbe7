using Xunit.Sdk;

namespace GokaAkka.Storage.Tests;

/// <summary>A test that every store runs; not where the store's class names a program that is not here, which its <see cref="ProgramFactAttribute"/> says.</summary>
[XunitTestCaseDiscoverer("GokaAkka.Storage.Tests.StoreFactDiscoverer", "GokaAkka.Storage.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class StoreFactAttribute : FactAttribute;

/// <summary>The store under test needs a program from the search path.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequiresProgramAttribute(string program) : Attribute
{
    public string Program { get; } = program;

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}

/// <summary>A test that is skipped where a program is not here: one for all tests that need the program, so that it is said once.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(string program)
    {
        if (RequiresProgramAttribute.Find(program) is null)
            Skip = $"{program} is not installed: the tests that start one of their own are left out";
    }
}

public sealed class StoreFactDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo fact)
    {
        var required = method.TestClass.Class.GetCustomAttributes(typeof(RequiresProgramAttribute)).FirstOrDefault();
        return required?.GetConstructorArguments().Single() is string program && RequiresProgramAttribute.Find(program) is null
            ? []
            : [new XunitTestCase(messages, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method)];
    }
}
