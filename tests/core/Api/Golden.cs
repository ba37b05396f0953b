using System.Runtime.CompilerServices;

namespace FedOperator.Core.Tests.Api;

/// <summary>Golden folders beside the tests. FED_UPDATE_GOLDEN=1 writes what is produced instead of comparing.</summary>
internal static class Golden
{
    public static IEnumerable<object[]> Cases(string kind) =>
        Directory.GetDirectories(Folder(kind)).Select(Path.GetFileName).Order(StringComparer.Ordinal).Select(name => (object[])[name!]);

    public static string Given(string kind, string name) => File.ReadAllText(Path.Combine(Folder(kind), name, "given.yaml"));

    public static void Expect(string kind, string name, string file, string actual)
    {
        var path = Path.Combine(Folder(kind), name, file);
        if (Environment.GetEnvironmentVariable("FED_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string Folder(string kind, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "Golden", kind);
}
