using k8s.Exceptions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace k8s;

/// <summary>One or several kubeconfig files; of what several say, the first counts.</summary>
internal sealed class KubeConfig
{
    private readonly List<(YamlMappingNode Root, string Folder)> _files = [];

    internal string CurrentContext => _files.Select(f => KubeConfigEntry.Text(f.Root, "current-context")).FirstOrDefault(t => t is not null);

    internal static KubeConfig Load(IReadOnlyList<string> paths, bool useRelativePaths = true)
    {
        var config = new KubeConfig();
        foreach (var path in paths.Select(Path.GetFullPath))
        {
            if (!File.Exists(path))
                throw new KubeConfigException($"kubeconfig file not found at {path}");
            try
            {
                var yaml = new YamlStream();
                using var text = File.OpenText(path);
                yaml.Load(text);
                if (yaml.Documents.Count > 0 && yaml.Documents[0].RootNode is YamlMappingNode root)
                    config._files.Add((root, useRelativePaths ? Path.GetDirectoryName(path) : null));
            }
            catch (YamlException e)
            {
                throw new KubeConfigException($"kubeconfig {path} is not YAML: {e.Message}", e);
            }
        }
        return config;
    }

    internal KubeConfigEntry Context(string name) => Find("contexts", "context", name);

    internal KubeConfigEntry Cluster(string name) => Find("clusters", "cluster", name);

    internal KubeConfigEntry User(string name) => Find("users", "user", name);

    private KubeConfigEntry Find(string list, string member, string name)
    {
        foreach (var (root, folder) in _files)
        {
            if (!root.Children.TryGetValue(list, out var entries) || entries is not YamlSequenceNode sequence)
                continue;
            foreach (var entry in sequence.OfType<YamlMappingNode>())
            {
                if (string.Equals(KubeConfigEntry.Text(entry, "name"), name, StringComparison.OrdinalIgnoreCase) && entry.Children.TryGetValue(member, out var node))
                    return new KubeConfigEntry(KubeConfigEntry.Text(entry, "name"), node as YamlMappingNode ?? [], folder);
            }
        }
        return null;
    }
}

/// <summary>A context, cluster or user of a kubeconfig.</summary>
internal sealed record KubeConfigEntry(string Name, YamlMappingNode Node, string Folder)
{
    internal bool Has(string key) => Node.Children.ContainsKey(key);

    internal string Text(string key) => Text(Node, key);

    internal string FilePath(string key) => Text(key) is not { } path ? null : Folder is null ? path : Path.Combine(Folder, path);

    internal static string Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) && value is YamlScalarNode { Value: { Length: > 0 } text } ? text : null;
}
