using System.Globalization;
using System.Text.RegularExpressions;

namespace FedOperator.Core.Api;

/// <summary>The checkpoint that a model starts from. The schema says the same; that the path is absolute only the operator asks, for a pod's sake: `fed run` takes relative ones.</summary>
internal static partial class ModelRules
{
    /// <summary>Most modules that are drawn from the seed all the same.</summary>
    public const int MostModules = 256;

    /// <summary>Longest path of a module.</summary>
    public const int LongestModule = 253;

    /// <summary>Path of a module: names with dots between.</summary>
    public const string ModulePattern = "^[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)*\\z";

    private const string Field = "spec.model.initialCheckpoint";

    public static IEnumerable<Problem> Check(ModelSpec model)
    {
        if (model.InitialCheckpoint is not { } initial)
            yield break;
        if (initial.Path.Length is 0 or > DataRules.LongestPath)
            yield return new Problem(Field + ".path", initial.Path.Length == 0 ? "\"\"" : initial.Path[..57] + "...", initial.Path.Length == 0 ? "names no file" : string.Create(CultureInfo.InvariantCulture, $"has {initial.Path.Length} characters"),
                $"give the safetensors file, in at most {DataRules.LongestPath} characters, for example /models/resnet34.safetensors");
        if (initial.Volume is { Count: not 1 })
            yield return new Problem(Field + ".volume", Scalars.Show(initial.Volume), "does not name exactly one kind of volume", "give one Kubernetes VolumeSource, for example {persistentVolumeClaim: {claimName: models}}");
        if (initial.Reinitialize.Count > MostModules)
            yield return new Problem(Field + ".reinitialize", null, string.Create(CultureInfo.InvariantCulture, $"has {initial.Reinitialize.Count} modules"), $"give at most {MostModules}: a module stands for all below it");
        foreach (var (module, i) in initial.Reinitialize.Select((module, i) => (module, i)).Where(m => m.module.Length > LongestModule || !Module().IsMatch(m.module)))
            yield return new Problem(string.Create(CultureInfo.InvariantCulture, $"{Field}.reinitialize[{i}]"), Scalars.Show(module), "is not the path of a module", "give names with dots between, for example fc, or layer4.2");
    }

    [GeneratedRegex(ModulePattern, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Module();
}
