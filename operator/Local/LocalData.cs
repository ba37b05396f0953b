using System.Globalization;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Local;

/// <summary>The folders with the clients' data on this machine.</summary>
/// <param name="Folders">By client.</param>
/// <param name="Notices">What the user should know: where the data come from instead of the manifest's volumes.</param>
/// <param name="Problem">Null, or why there are none.</param>
internal sealed record LocalData(IReadOnlyDictionary<string, string> Folders, IReadOnlyList<string> Notices, string? Problem)
{
    /// <summary>Where Debian's package dataset-fashion-mnist puts its files.</summary>
    public const string DebianFashionMnist = "/usr/share/datasets/fashion-mnist";

    /// <summary>Finds each client's data: in DIR/CLIENT or DIR of `--data`, else at the manifest's data.path, else, for idx, Debian's Fashion-MNIST. Looks for the files that the format has.</summary>
    public static LocalData Find(FederatedJobSpec spec, string? data, string fallback = DebianFashionMnist)
    {
        if (data is not null && !Directory.Exists(data))
            return new LocalData(new Dictionary<string, string>(StringComparer.Ordinal), [], $"--data {data}: no such folder; give the folder with the data set's files");
        var folders = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var replaced = new SortedSet<string>(StringComparer.Ordinal);
        var complete = new HashSet<(DataFormat, string)>();
        foreach (var client in ClientNames.Expand(spec.Clients))
        {
            var own = spec.Clients[client.Group].Data ?? spec.Data;
            var path = own.Path.Replace("$(CLIENT_INDEX)", client.Index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            if (data is not null)
                folders[client.Name] = Directory.Exists(Path.Combine(data, client.Name)) ? Path.GetFullPath(Path.Combine(data, client.Name)) : Path.GetFullPath(data);
            else if (Directory.Exists(path))
                folders[client.Name] = path;
            else if (own.Format == DataFormat.Idx && Directory.Exists(fallback))
                (folders[client.Name], _) = (fallback, replaced.Add(path));
            else
                return new LocalData(folders, [], $"{client.Name}: its data.path {path} does not exist here{(own.Format == DataFormat.Idx ? $", nor does {fallback}; give --data DIR, or install Debian's package dataset-fashion-mnist" : "; give --data DIR")}");
            if (complete.Add((own.Format, folders[client.Name])) && DataFiles.Missing(own.Format, folders[client.Name]) is { } missing)
                return new LocalData(folders, [], $"{client.Name}: {missing}");
        }
        string[] notices = data is not null
            ? [$"data       {data} (the manifest's volumes are not used)"]
            : [.. replaced.Select(path => $"data       {fallback} ({path}, the manifest's data.path, does not exist here)")];
        return new LocalData(folders, notices, null);
    }
}
