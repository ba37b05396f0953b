namespace FedOperator.Core.Storage;

/// <summary>The blobs of a folder, hidden files and folders left out.</summary>
internal static class FolderListing
{
    private static readonly EnumerationOptions s_all = new() { AttributesToSkip = FileAttributes.Hidden, IgnoreInaccessible = false };

    public static List<BlobItem> Under(string folder, string prefix)
    {
        var items = new List<BlobItem>();
        var slash = prefix.LastIndexOf('/');
        Add(new DirectoryInfo(Path.Join(folder, prefix[..(slash + 1)])), prefix[..(slash + 1)], prefix, items);
        items.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return items;
    }

    private static void Add(DirectoryInfo folder, string path, string prefix, List<BlobItem> items)
    {
        try
        {
            foreach (var entry in folder.EnumerateFileSystemInfos("*", s_all))
            {
                var name = path + entry.Name;
                if (entry.Name[0] == '.' || !(name.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(name + "/", StringComparison.Ordinal)))
                    continue;
                if (entry is DirectoryInfo inner)
                    Add(inner, name + "/", prefix, items);
                else if (Length(entry) is { } length)
                    items.Add(new BlobItem(name, length));
            }
        }
        catch (DirectoryNotFoundException)
        {
            // no such folder, or deleted meanwhile: no blobs
        }
    }

    private static long? Length(FileSystemInfo entry) => LibC.Stat(entry.FullName, out var status) ? status.Length : null;
}
