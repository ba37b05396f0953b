using System.Globalization;
using System.Text.RegularExpressions;

namespace FedOperator.Core.Api;

/// <summary>Data specs, and how the clients' shards cover the classes.</summary>
internal static partial class DataRules
{
    /// <summary>Longest path of a data set, as on Linux.</summary>
    public const int LongestPath = 4096;

    /// <summary>An absolute path that never goes up. No colon: Kubernetes has none in a mount's path.</summary>
    public const string PathPattern = "^/([^.:]|\\.[^.:])*\\.?\\z";

    /// <summary>The same for the API server, as far as the schema does not say it.</summary>
    public static readonly IReadOnlyList<CelRule> Cel =
    [
        Needs("classesPerClient", "classes", "say how many classes each client holds, for example `classes: 2`"),
        Only("classesPerClient", "classes"),
        Needs("dirichlet", "alpha", "give the concentration, for example `alpha: 0.5` (small is skewed)"),
        Only("dirichlet", "alpha"),
        new(typeof(FederatedJobSpec), "!has(self.data.partition.classes) || self.data.partition.classes <= self.model.classes",
            "spec.data.partition.classes is out of range; give how many classes each client holds, from 1 to spec.model.classes", ".data.partition.classes"),
        new(typeof(FederatedJobSpec), "self.clients.all(c, !has(c.data) || !has(c.data.partition.classes) || c.data.partition.classes <= self.model.classes)",
            "data.partition.classes of a group is out of range; give how many classes each client holds, from 1 to spec.model.classes", ".clients"),
    ];

    public static IEnumerable<Problem> Check(FederatedJobSpec spec)
    {
        foreach (var (field, data) in Specs(spec))
        {
            foreach (var problem in Place(field, data).Concat(Partition(field + ".partition", data.Partition, spec.Model)))
                yield return problem;
        }
        if (spec.Clients.All(group => ClientNames.IsName(group.Name) && group.Replicas is null or (>= 1 and <= 2000)))
        {
            var sets = DataSets.Of(spec).ToLookup(set => spec.Clients[set.Clients[0].Group].External);
            // spec.data says nothing of external clients' files, a `data` of their own does.
            var described = sets[false].Concat(sets[true].Where(set => spec.Clients[set.Clients[0].Group].Data is not null));
            foreach (var problem in sets[false].Select(set => Coverage(set, spec.Model)).Concat(described.Select(Alone).DistinctBy(problem => problem?.Field)).OfType<Problem>())
                yield return problem;
        }
    }

    /// <summary>All data specs of a job: its own, and those of its groups.</summary>
    public static IEnumerable<(string Field, DataSpec Data)> Specs(FederatedJobSpec spec) => spec.Clients
        .Select((group, g) => (Field: string.Create(CultureInfo.InvariantCulture, $"spec.clients[{g}].data"), group.Data))
        .Where(group => group.Data is not null)
        .Select(group => (group.Field, group.Data!))
        .Prepend(("spec.data", spec.Data));

    private static IEnumerable<Problem> Place(string field, DataSpec data)
    {
        if (data.Path.Length > LongestPath)
            yield return new Problem(field + ".path", data.Path[..57] + "...", $"has {data.Path.Length} characters", $"give at most {LongestPath}");
        else if (!AbsolutePath().IsMatch(data.Path))
            yield return new Problem(field + ".path", data.Path.Length == 0 ? "\"\"" : data.Path, data.Path.StartsWith('/') ? data.Path.Contains(':', StringComparison.Ordinal) ? "has a colon, which Kubernetes has in no mount's path" : "goes up with `..`" : "is not an absolute path", "give the folder that the trainer sees, for example /data");
        if (data.Volume is { Count: not 1 })
            yield return new Problem(field + ".volume", Scalars.Show(data.Volume), "does not name exactly one kind of volume", "give one Kubernetes VolumeSource, for example {persistentVolumeClaim: {claimName: fashion-mnist}}");
    }

    private static CelRule Needs(string method, string field, string fix) =>
        new(typeof(PartitionSpec), $"self.method != '{method}' || has(self.{field})", $"{field} is missing, and {method} needs it; {fix}", "." + field, "FieldValueRequired");

    private static CelRule Only(string method, string field) =>
        new(typeof(PartitionSpec), $"self.method == '{method}' || !has(self.{field})", $"{field} is for {method} only; set method to {method}, or remove it", "." + field);

    private static IEnumerable<Problem> Partition(string field, PartitionSpec partition, ModelSpec model)
    {
        if (partition.Method == PartitionMethod.ClassesPerClient && partition.Classes is null)
            yield return new Problem(field + ".classes", null, "is missing, and classesPerClient needs it", "say how many classes each client holds, for example `classes: 2`");
        if (partition.Method != PartitionMethod.ClassesPerClient && partition.Classes is { } unused)
            yield return new Problem(field + ".classes", Text(unused), "is for classesPerClient only", $"set {field}.method to classesPerClient, or remove it");
        else if (partition.Classes is { } classes && (classes < 1 || classes > model.Classes))
            yield return new Problem(field + ".classes", Text(classes), "is out of range", $"give how many classes each client holds, from 1 to spec.model.classes, which is {model.Classes}");
        if (partition.Method == PartitionMethod.Dirichlet && partition.Alpha is null)
            yield return new Problem(field + ".alpha", null, "is missing, and dirichlet needs it", "give the concentration, for example `alpha: 0.5` (small is skewed)");
        if (partition.Method != PartitionMethod.Dirichlet && partition.Alpha is { } idle)
            yield return new Problem(field + ".alpha", idle.ToString("R", CultureInfo.InvariantCulture), "is for dirichlet only", $"set {field}.method to dirichlet, or remove it");
        else if (partition.Alpha is { } alpha && alpha is not > 0)
            yield return new Problem(field + ".alpha", alpha.ToString("R", CultureInfo.InvariantCulture), "is out of range", "give the concentration, greater than 0");
    }

    private static Problem? Coverage(DataSet set, ModelSpec model)
    {
        if (set.Data.Partition is not { Method: PartitionMethod.ClassesPerClient, Classes: >= 1 and var classes } || classes > model.Classes)
            return null;
        var held = (long)classes * set.Clients.Count;
        return held >= model.Classes ? null : new Problem(set.Field + ".partition.classes", Text(classes),
            $"lets {set.Clients.Count} client{(set.Clients.Count == 1 ? "" : "s")} hold {held} of the {model.Classes} classes, and the data of the other {model.Classes - held} would never be used",
            $"give at least {(model.Classes + set.Clients.Count - 1) / set.Clients.Count}, or add clients");
    }

    // A client with files of its own has all of them as they are: what was asked for would not happen.
    private static Problem? Alone(DataSet set) => set.Clients.Count > 1 || set.Data.Partition.FeatureShift is not { } shift || (shift.Contrast == 0 && shift.Rotation == 0 && shift.Noise == 0)
        ? null
        : new Problem(set.Field + ".partition.featureShift", null, $"tells the clients of a data set apart, and {set.Clients[0].Name} shares its own with nobody", "remove it, or have clients share the data set");

    [GeneratedRegex(PathPattern, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AbsolutePath();

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
