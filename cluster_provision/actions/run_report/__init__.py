"""What the report of a run needs beside the steps' own findings, and where the report goes. (The action Report, which
tells Azure of a sick machine, is in node_care/.)"""
