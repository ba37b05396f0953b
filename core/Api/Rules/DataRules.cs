using System.Globalization;

namespace FedOperator.Core.Api;

/// <summary>Data specs, and how the clients' shards cover the classes.</summary>
internal static class DataRules
{
    // One byte a label.
    private const int IdxClasses = 256;

    public static IEnumerable<Problem> Check(FederatedJobSpec spec)
    {
        var specs = spec.Clients.Select((group, g) => (Field: string.Create(CultureInfo.InvariantCulture, $"spec.clients[{g}].data"), group.Data)).Prepend(("spec.data", spec.Data));
        foreach (var (field, data) in specs)
        {
            if (data is null)
                continue;
            foreach (var problem in Place(field, data).Concat(Partition(field + ".partition", data.Partition, spec.Model)))
                yield return problem;
        }
        if (spec.Model.Classes > IdxClasses && spec.Data.Format == DataFormat.Idx)
            yield return new Problem("spec.model.classes", Text(spec.Model.Classes), "is more than idx labels can tell apart", $"give at most {IdxClasses}");
        if (spec.Clients.All(group => ClientNames.IsName(group.Name) && group.Replicas is null or (>= 1 and <= 2000)))
        {
            foreach (var problem in DataSets.Of(spec).Where(set => !spec.Clients[set.Clients[0].Group].External).Select(set => Coverage(set, spec.Model)).OfType<Problem>())
                yield return problem;
        }
    }

    private static IEnumerable<Problem> Place(string field, DataSpec data)
    {
        if (!data.Path.StartsWith('/') || data.Path.Contains("..", StringComparison.Ordinal))
            yield return new Problem(field + ".path", data.Path.Length == 0 ? "\"\"" : data.Path, "is not an absolute path", "give the folder that the trainer sees, for example /data");
        if (data.Volume is { Count: not 1 })
            yield return new Problem(field + ".volume", Scalars.Show(data.Volume), "does not name exactly one kind of volume", "give one Kubernetes VolumeSource, for example {persistentVolumeClaim: {claimName: fashion-mnist}}");
    }

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

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
